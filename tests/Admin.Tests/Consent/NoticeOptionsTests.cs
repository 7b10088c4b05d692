using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>A notice with an empty field is shown to nobody: the server does not start.</summary>
public sealed class NoticeOptionsTests
{
    [Theory]
    [InlineData("Notice:Controller")]
    [InlineData("Notice:Contact")]
    [InlineData("Notice:ComplaintAuthority")]
    [InlineData("Notice:Purpose")]
    [InlineData("Notice:Risks")]
    [InlineData("Notice:Rights")]
    public async Task An_empty_field_stops_the_start_and_is_named(string key)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync((key, " ")));
        Assert.Contains(key + " is empty", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Notice:RetentionDays", "0")]
    [InlineData("Notice:Version", "0")]
    [InlineData("Notice:Language", "Deutsch!")]
    [InlineData("Notice:Purpose", "two\nlines")]
    [InlineData("Location:Kind", "tape")]
    [InlineData("Location:Region", "Über")]
    [InlineData("RateLimits:TriesPerAddress", "0")]
    public async Task Any_other_setting_out_of_its_limits_too(string key, string value)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync((key, value)));
        Assert.Contains(key.Split(':')[1], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_without_its_settings_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync(("Location:Kind", "s3")));
        Assert.Contains("Location:Endpoint", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Location:AccessKeyId", refused.Message, StringComparison.Ordinal);
    }
}
