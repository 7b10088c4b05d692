using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Chat.Redaction;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>A redactor with these patterns of an organization, and what every redaction must hold.</summary>
internal static class Redacting
{
    public static ChatRedactor With(params (string Name, string Pattern)[] patterns) => new(
        Options.Create(new RedactionOptions { Patterns = [.. patterns.Select(pattern => new RedactionPattern { Name = pattern.Name, Pattern = pattern.Pattern })] }),
        TimeProvider.System);

    /// <summary>Redacts, and again: the second time must change nothing.</summary>
    public static RedactedText Once(string message, params (string Name, string Pattern)[] patterns)
    {
        var redactor = With(patterns);
        var once = redactor.Redact(message);
        var twice = redactor.Redact(once.Text);
        Assert.Equal(once.Text, twice.Text);
        Assert.True(twice.Kinds.Count == 0 || once == RedactedText.NotChecked, $"'{once.Text}' was found to have {string.Join(", ", twice.Kinds)}.");
        return once;
    }

    public static void Stays(string message)
    {
        var redacted = Once(message);
        Assert.Equal(message, redacted.Text);
        Assert.Empty(redacted.Kinds);
    }

    public static void Becomes(string expected, string message, params string[] kinds)
    {
        var redacted = Once(message);
        Assert.Equal(expected, redacted.Text);
        Assert.Equal(kinds, redacted.Kinds);
    }
}
