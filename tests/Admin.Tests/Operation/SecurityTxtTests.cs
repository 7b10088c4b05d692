using System.Net;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>RFC 9116: who is told of a weakness, as long as the organization stands by it.</summary>
public sealed class SecurityTxtTests
{
    private const string Path = "/.well-known/security.txt";

    [Fact]
    public async Task It_says_what_is_configured_until_it_expires()
    {
        await using var server = await Server.StartAsync(
            ("SecurityTxt:Contact:0", "mailto:security@example.org"), ("SecurityTxt:Contact:1", "https://example.org/report"), ("SecurityTxt:Expires", "2999-01-31T00:00:00+01:00"),
            ("SecurityTxt:PreferredLanguages:0", "en"), ("SecurityTxt:PreferredLanguages:1", "de"), ("SecurityTxt:Policy", "https://example.org/policy"), ("Server:PublicAddress", "https://record.example.org"));
        using var browser = new Browser(server);
        using (var answer = await browser.GetAsync(Path))
        {
            Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
            Assert.Equal(
                """
                Contact: mailto:security@example.org
                Contact: https://example.org/report
                Expires: 2999-01-30T23:00:00Z
                Preferred-Languages: en, de
                Canonical: https://record.example.org/.well-known/security.txt
                Policy: https://example.org/policy

                """, await answer.Content.ReadAsStringAsync());
        }

        server.Configure("SecurityTxt:Expires", "2020-01-01T00:00:00Z");
        await server.StartAgainAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task Without_a_contact_there_is_no_such_page()
    {
        await using var server = await Server.StartAsync();
        using var browser = new Browser(server);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Path)).StatusCode);
    }

    [Theory]
    [InlineData("security@example.org", "2999-01-01T00:00:00Z", "must be an address")]
    [InlineData("mailto:a@example.org\nContact:b@example.org", "2999-01-01T00:00:00Z", "must be an address")]
    [InlineData("javascript:alert(1)", "2999-01-01T00:00:00Z", "must be an address")]
    [InlineData("mailto:a@example.org", "", "must be a time")]
    [InlineData("mailto:a@example.org", "some day", "must be a time")]
    public async Task A_wrong_setting_stops_the_start_in_words(string contact, string expires, string words)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync(("SecurityTxt:Contact:0", contact), ("SecurityTxt:Expires", expires)));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }
}
