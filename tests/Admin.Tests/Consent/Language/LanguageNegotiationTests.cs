using SecureRecorder.Admin.Consent.Language;

namespace SecureRecorder.Admin.Tests.Consent.Language;

/// <summary>What a browser asks for, and what it gets.</summary>
public sealed class LanguageNegotiationTests
{
    [Theory]
    [InlineData(null, "en")]
    [InlineData("", "en")]
    [InlineData("de", "de")]
    [InlineData("DE", "de")]
    [InlineData("de-AT,de;q=0.9,en;q=0.8", "de")]
    [InlineData("fr;q=0.3, es;q=0.9, de;q=0.5", "es")]
    [InlineData("ja, zh;q=0.9, fr;q=0.1", "fr")]
    [InlineData("ja", "en")]
    [InlineData("*", "en")]
    [InlineData("ja, *;q=0.5", "en")]
    [InlineData("en;q=0, de;q=0.1", "de")]
    [InlineData("en;q=0", "de")]
    [InlineData("de;q=0, de-CH", "en")]
    [InlineData("de;q=nonsense, fr", "fr")]
    [InlineData(";;;,,,==\u0001<script>", "en")]
    [InlineData("deutsch", "en")]
    public void Picks_the_language_that_is_asked_for(string? header, string expected) =>
        Assert.Equal(expected, LanguageNegotiation.Choose(header, ["en", "de", "fr", "es"], "en"));

    [Fact]
    public void A_header_of_any_length_is_answered() => Assert.Equal("en", LanguageNegotiation.Choose(new string('x', 30_000), ["en", "de"], "en"));

    [Fact]
    public void A_language_that_the_version_does_not_have_is_not_given() => Assert.Equal("fr", LanguageNegotiation.Choose("de", ["fr", "es"], "en"));
}
