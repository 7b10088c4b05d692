using System.Net;
using System.Text.RegularExpressions;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests;

/// <summary>The technician: sets up the first account, signs in, starts sessions.</summary>
internal sealed partial class Technician : IDisposable
{
    public const string UserName = "tina";
    public const string Password = "correct horse battery staple";

    private readonly Server _server;

    private Technician(Server server)
    {
        _server = server;
        Browser = new(server);
    }

    public Browser Browser { get; }
    public string Secret { get; private set; } = "";

    /// <summary>Somebody with a browser and no account yet.</summary>
    public static Technician At(Server server) => new(server);

    public static string SetupPath(Server server) => SetupPattern().Matches(server.Console)[^1].Groups["found"].Value;

    public static async Task<Technician> SignInAsync(Server server)
    {
        var technician = new Technician(server);
        using (var created = await technician.SetUpAsync(SetupPath(server))) { Assert.Equal(HttpStatusCode.OK, created.StatusCode); }
        using var signedIn = await technician.EnterAsync(Password, technician.Code(stepsAhead: 1));
        Assert.Equal("/", signedIn.Headers.Location?.ToString());
        return technician;
    }

    /// <summary>Fills in the set-up page.</summary>
    public async Task<HttpResponseMessage> SetUpAsync(string path, string password = Password, string? code = null)
    {
        var page = await Browser.ReadAsync(path);
        Secret = SecretPattern().Match(page).Groups["found"].Value;
        var hidden = HiddenPattern().Match(page).Groups["found"].Value;
        var token = TokenPattern().Match(page).Groups["found"].Value;
        return await Browser.SendAsync(new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["__RequestVerificationToken"] = token,
                ["secret"] = hidden,
                ["displayName"] = "Tina Technician",
                ["userName"] = UserName,
                ["password"] = password,
                ["passwordAgain"] = password,
                ["code"] = code ?? Code(),
            }),
        }, "text/html");
    }

    public Task<HttpResponseMessage> EnterAsync(string password, string code) =>
        Browser.SubmitAsync("/sign-in", "/sign-in", ("userName", UserName), ("password", password), ("code", code));

    public string Code(int stepsAhead = 0) => Totp.CodeOf(Secret, _server.Clock, stepsAhead);

    public async Task<(Guid Session, string Code)> StartSessionAsync(string? ticket = null, int? team = null, string? label = null)
    {
        using var started = await Browser.SubmitAsync("/", "/sessions", ("ticket", ticket ?? ""), ("accepted", "true"), ("team", $"{team}"), ("label", label ?? ""));
        Assert.Equal(HttpStatusCode.Redirect, started.StatusCode);
        var path = started.Headers.Location!.ToString();
        var code = CodePattern().Match(await Browser.ReadAsync(path)).Groups["found"].Value;
        return (Guid.Parse(path.Split('/')[^1]), code);
    }

    /// <summary>Invites one more person; returns their code.</summary>
    public async Task<string> InviteAsync(Guid session, string name)
    {
        using var invited = await Browser.SubmitAsync($"/sessions/{session}", $"/sessions/{session}/invite");
        Assert.Equal(HttpStatusCode.Redirect, invited.StatusCode);
        return await CodeOfAsync(session, name);
    }

    /// <summary>The code of a participant, as the session's page shows it.</summary>
    public async Task<string> CodeOfAsync(Guid session, string name)
    {
        var page = await Browser.ReadAsync($"/sessions/{session}");
        return Regex.Match(page, $"id=\"{(name == "p1" ? "code" : $"code-{name}")}\"[^>]*>(?<found>[0-9A-Z]{{4}}-[0-9A-Z]{{4}})<", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["found"].Value;
    }

    /// <summary>Saves the draft of a notice as the editor shows it, with these fields changed; an empty value of a box unticks it.</summary>
    public async Task<HttpResponseMessage> SaveDraftAsync(string language, params (string Name, string Value)[] changes)
    {
        var page = $"/notices/draft/{language}";
        var form = await (await Browser.GetAsync(page)).Content.ReadAsStringAsync();
        var fields = TextAreaPattern().Matches(form).ToDictionary(field => field.Groups["name"].Value, field => WebUtility.HtmlDecode(field.Groups["text"].Value), StringComparer.Ordinal);
        foreach (Match box in TickedPattern().Matches(form)) { fields[box.Groups["name"].Value] = "true"; }
        foreach (var (name, value) in changes) { fields[name] = value; }
        foreach (var box in (string[])["Enabled", "AsksSpecialCategories", "AsksGuardian"]) { if (fields.GetValueOrDefault(box) == "") { fields.Remove(box); } }
        return await Browser.SubmitAsync(page, page, [.. fields.Select(field => (field.Key, field.Value))]);
    }

    public void Dispose() => Browser.Dispose();

    [GeneratedRegex("<textarea[^>]* name=\"(?<name>[^\"]+)\"[^>]*>(?<text>[^<]*)</textarea>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TextAreaPattern();

    [GeneratedRegex("<input[^>]* type=\"checkbox\" name=\"(?<name>[^\"]+)\" value=\"true\" checked", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TickedPattern();

    [GeneratedRegex(@"https?://[^/]+(?<found>/setup/\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SetupPattern();

    [GeneratedRegex("id=\"totp-secret\"[^>]*>(?<found>[^<]+)<", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretPattern();

    [GeneratedRegex("name=\"secret\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HiddenPattern();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenPattern();

    [GeneratedRegex("id=\"code\"[^>]*>(?<found>[0-9A-Z]{4}-[0-9A-Z]{4})<", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodePattern();
}
