using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Chat.Redaction;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>A pattern that cannot be used stops the start, and is named.</summary>
public sealed class RedactionOptionsTests
{
    [Theory]
    [InlineData("(a)\\1", "linear time")]
    [InlineData("(?<=a)b", "linear time")]
    [InlineData("a(?!b)", "linear time")]
    [InlineData("(?>a+)b", "linear time")]
    [InlineData("a(b", "at character")]
    [InlineData("[z-a]", "at character")]
    [InlineData("(((((a{100}){100}){100}){100}){100})", "linear time")]
    [InlineData("a*", "empty string")]
    [InlineData("a|", "empty string")]
    [InlineData("^", "empty string")]
    [InlineData("\\b", "without any character")]
    [InlineData("(?m:$)\\b|\\b0?", "without any character")]
    [InlineData("", "0 characters")]
    public void A_pattern_that_cannot_be_used_is_named_with_its_reason(string pattern, string reason)
    {
        var failures = Validate(("fine", "K-[0-9]+"), ("bad one", pattern));
        Assert.Contains("Chat:Redaction:Patterns:1:Pattern ('bad one')", Assert.Single(failures), StringComparison.Ordinal);
        Assert.Contains(reason, failures[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a]b")]
    [InlineData("two\nlines")]
    [InlineData("12345678901234567890123456789012345678901")]
    public void A_name_that_no_marker_can_show_is_refused(string name) =>
        Assert.Contains("Chat:Redaction:Patterns:0:Name", Assert.Single(Validate((name, "x"))), StringComparison.Ordinal);

    [Fact]
    public void Two_patterns_of_one_name_are_refused() =>
        Assert.Contains("'A'", Assert.Single(Validate(("a", "x"), ("A", "y"))), StringComparison.Ordinal);

    [Fact]
    public void Limits_are_allowed_and_one_more_is_refused()
    {
        Assert.Empty(Validate([.. Enumerable.Range(0, 50).Select(index => ($"{index}".PadLeft(40, 'n'), new string('x', 500)))]));
        Assert.Contains("51", Assert.Single(Validate([.. Enumerable.Range(0, 51).Select(index => ($"{index}", "x"))])), StringComparison.Ordinal);
        Assert.Contains("501", Assert.Single(Validate(("n", new string('x', 501)))), StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once() => Assert.Equal(3, Validate(("", "a*"), ("fine", "("), ("also fine", "y")).Count);

    [Fact]
    public void Settings_are_read_from_their_section()
    {
        using var services = Services(("Chat:Redaction:Patterns:0:Name", "order"), ("Chat:Redaction:Patterns:0:Pattern", "O[0-9]+"));
        Assert.Equal("[removed: order] ok", services.GetRequiredService<ChatRedactor>().Redact("O12 ok").Text);

        using var refused = Services(("Chat:Redaction:Patterns:0:Name", "order"), ("Chat:Redaction:Patterns:0:Pattern", "O[0-9]*|"));
        Assert.Throws<OptionsValidationException>(() => refused.GetRequiredService<IStartupValidator>().Validate());
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build())
        .AddSingleton(TimeProvider.System)
        .AddChatRedaction()
        .BuildServiceProvider();

    private static List<string> Validate(params (string Name, string Pattern)[] patterns)
    {
        var options = new RedactionOptions { Patterns = [.. patterns.Select(pattern => new RedactionPattern { Name = pattern.Name, Pattern = pattern.Pattern })] };
        return [.. new RedactionOptionsValidator().Validate(null, options).Failures ?? []];
    }
}
