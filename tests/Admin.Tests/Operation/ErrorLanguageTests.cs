using System.Net;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>Who has no account reads what went wrong in their own language.</summary>
public sealed class ErrorLanguageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/receipts/wrong", "de-AT", "de", "Dieser Link zur Bestätigung funktioniert nicht.")]
    [InlineData("/receipts/wrong", "fr", "fr", "Ce lien vers le reçu ne fonctionne pas.")]
    [InlineData("/nowhere", "es-MX, en;q=0.5", "es", "Esta página no existe.")]
    [InlineData("/nowhere", "nl", "en", "There is no such page.")]
    public async Task Error_pages_are_in_the_language_that_the_browser_asks_for(string path, string asks, string language, string title)
    {
        using var browser = new Browser(shared.Server) { AcceptLanguage = asks };
        using var answer = await browser.GetAsync(path);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains($"<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains(title, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_leads_back_to_the_code_and_an_account_to_the_sessions()
    {
        using var stranger = new Browser(shared.Server);
        Assert.Contains("href=\"/join\">Back to the start", await (await stranger.GetAsync("/receipts/wrong")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        shared.Technician.Browser.AcceptLanguage = "de";
        var page = await (await shared.Technician.Browser.GetAsync("/sessions/nowhere/at/all")).Content.ReadAsStringAsync();
        Assert.Contains("There is no such page.", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/\">Back to the start", page, StringComparison.Ordinal);
    }
}
