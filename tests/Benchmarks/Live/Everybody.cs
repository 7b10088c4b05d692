using System.Net;
using System.Text.RegularExpressions;

namespace SecureRecorder.Benchmarks.Live;

/// <summary>What all simulated people share: a client, the technician's cookies, and the tokens of the two forms that they fill in.</summary>
internal sealed partial class Everybody(HttpClient http, string technicianCookies)
{
    private string _startToken = "", _startCookies = "", _joinToken = "", _joinCookies = "";

    public HttpClient Http => http;
    public string TechnicianCookies => technicianCookies;

    public async Task PrepareAsync()
    {
        (_startToken, _startCookies) = await FormAsync("/", technicianCookies);
        (_joinToken, _joinCookies) = await FormAsync("/join", "");
    }

    /// <summary>A technician starts a session.</summary>
    public async Task<(Guid Session, string Code)> StartSessionAsync()
    {
        var path = (await SubmitAsync("/sessions", _startToken, _startCookies, [KeyValuePair.Create("accepted", "true")])).Headers.Location!.ToString();
        using var page = await SendAsync(HttpMethod.Get, path, technicianCookies);
        return (Guid.Parse(path.Split('/')[^1]), CodePattern().Match(await page.Content.ReadAsStringAsync()).Groups["found"].Value);
    }

    /// <summary>A technician states a purpose; returns the player's path.</summary>
    public async Task<string> OpenReplayAsync(Guid session)
    {
        var (token, cookies) = await FormAsync($"/sessions/{session}/replay", technicianCookies);
        return (await SubmitAsync($"/sessions/{session}/replay", token, cookies, [KeyValuePair.Create("purpose", "Quality assurance")])).Headers.Location!.ToString();
    }

    /// <summary>A person enters the code; the answer is their cookie.</summary>
    public async Task<string> JoinAsync(string code)
    {
        using var joined = await SubmitAsync("/join", _joinToken, _joinCookies, [KeyValuePair.Create("code", code)]);
        return CookiesOf(joined).Single(cookie => cookie.StartsWith("participant=", StringComparison.Ordinal));
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string cookies, HttpContent? content = null, bool stream = false)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (cookies.Length > 0) { request.Headers.Add("Cookie", cookies); }
        request.Headers.Add("X-SecureRecorder", "1");
        var answer = await http.SendAsync(request, stream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead);
        return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect or HttpStatusCode.NoContent
            ? answer
            : throw new InvalidOperationException($"{method} {path} was answered with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    private Task<HttpResponseMessage> SubmitAsync(string action, string token, string cookies, IEnumerable<KeyValuePair<string, string>> fields) =>
        SendAsync(HttpMethod.Post, action, cookies, new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token), .. fields]));

    private async Task<(string Token, string Cookies)> FormAsync(string path, string cookies)
    {
        using var page = await SendAsync(HttpMethod.Get, path, cookies);
        var all = string.Join("; ", ((string[])[cookies, .. CookiesOf(page)]).Where(cookie => cookie.Length > 0));
        return (TokenPattern().Match(await page.Content.ReadAsStringAsync()).Groups["found"].Value, all);
    }

    private static IEnumerable<string> CookiesOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Select(cookie => cookie.Split(';')[0]) : [];

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenPattern();

    [GeneratedRegex("id=\"code\"[^>]*>(?<found>[0-9A-Z]{4}-[0-9A-Z]{4})<", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodePattern();
}
