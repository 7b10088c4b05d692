using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Access.Entitlements;

/// <summary>An organization: tina, who started the sessions and is an admin; ada, another admin; a team with its lead and a colleague; and a foreign team's lead.</summary>
public sealed class RightsScene : IAsyncLifetime
{
    private readonly (string Key, string Value)[] settings;

    public RightsScene() : this([]) { }

    internal RightsScene(params (string Key, string Value)[] settings) => this.settings = settings;

    public Server Server { get; private set; } = null!;
    internal Technician Tina { get; private set; } = null!;
    internal Member Ada { get; private set; } = null!;
    internal Member Lara { get; private set; } = null!;
    internal Member Cora { get; private set; } = null!;
    internal Member Fritz { get; private set; } = null!;

    /// <summary>Of lara, who leads it, and cora.</summary>
    public int Team { get; private set; }

    /// <summary>Of fritz, who leads it.</summary>
    public int ForeignTeam { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Server = await Server.StartAsync([("Chat:Keep", "Recording"), .. settings]);
        Tina = await Technician.SignInAsync(Server);
        Ada = await Member.JoinAsync(Server, Tina.Browser, "ada", Roles.Admin);
        Lara = await Member.JoinAsync(Server, Tina.Browser, "lara", Roles.Technician);
        Cora = await Member.JoinAsync(Server, Tina.Browser, "cora", Roles.Technician);
        Fritz = await Member.JoinAsync(Server, Tina.Browser, "fritz", Roles.Technician);
        Team = await TeamAsync("Support", ("lara", true), ("cora", false));
        ForeignTeam = await TeamAsync("Foreign", ("fritz", true));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in new[] { Ada, Lara, Cora, Fritz }) { member.Dispose(); }
        Tina.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>A team with these members; tina, who makes it, is in none.</summary>
    internal async Task<int> TeamAsync(string name, params (string UserName, bool IsLead)[] members)
    {
        using (var made = await Tina.Browser.SubmitAsync("/teams", "/teams", ("name", name))) { Assert.Equal(HttpStatusCode.Redirect, made.StatusCode); }
        var id = await Server.InAccountsAsync(accounts => Task.FromResult(accounts.Teams.Single(team => team.Name == name).Id));
        foreach (var (userName, isLead) in members) { await JoinAsync(id, userName, isLead); }
        return id;
    }

    internal async Task JoinAsync(int team, string userName, bool isLead = false)
    {
        using var put = await Tina.Browser.SubmitAsync("/teams", $"/teams/{team}/members", ("userName", userName), ("isLead", isLead ? "true" : "false"));
        Assert.Equal(HttpStatusCode.Redirect, put.StatusCode);
    }

    internal async Task LabelAsync(string name, bool sensitive = false)
    {
        using var made = await Tina.Browser.SubmitAsync("/labels", "/labels", ("name", name), ("sensitive", sensitive ? "true" : "false"));
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
    }

    /// <summary>A session of tina's with video and one line of chat; it goes on. Teams are given to the row: tina is in none.</summary>
    internal async Task<Guid> RecordAsync(int? team = null, string? label = null)
    {
        var (session, code) = await Tina.StartSessionAsync("printer", label: label);
        if (team is not null) { await Server.InCatalogueAsync(catalogue => catalogue.Sessions.Where(s => s.Id == session).ExecuteUpdateAsync(row => row.SetProperty(s => s.Team, team))); }
        using var person = await Person.JoinAsync(Server, code);
        using var recorder = await TestRecorder.JoinAsync(Server, code);
        using var video = recorder.Write(await person.AllowAsync());
        await using var control = await recorder.ListenAsync();
        await control.NextAsync(ControlPhase.Record);
        using (var committed = await recorder.CommitAsync(TestRecorder.CommitOf(video, await recorder.RecordAsync(video, 3)))) { Assert.Equal(HttpStatusCode.OK, committed.StatusCode); }
        using (var said = await Tina.Browser.ScriptAsync(HttpMethod.Post, $"/api/sessions/{session}/chat", new { text = "hello there" })) { Assert.True(said.IsSuccessStatusCode); }
        return session;
    }

    /// <summary>Fills in the form for a right to both tracks, until far ahead, with these fields changed.</summary>
    internal Task<HttpResponseMessage> GrantAsync(Browser by, string subject, string of, params (string Name, string Value)[] changes)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["For"] = subject, ["Of"] = of, ["Video"] = "true", ["Chat"] = "true", ["Until"] = Server.Clock.GetUtcNow().AddDays(30).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), ["Reason"] = "complaint 4711",
        };
        if (Guid.TryParse(of, out var session)) { (fields["Of"], fields["SessionAddress"]) = ("session", $"{Server.Url}sessions/{session}"); }
        foreach (var (name, value) in changes) { fields[name] = value; }
        return by.SubmitAsync("/rights", "/rights", [.. fields.Select(field => (field.Key, field.Value))]);
    }

    /// <summary>A right that ada gives; returns its id.</summary>
    internal async Task<Guid> GrantedAsync(string subject, string of, params (string Name, string Value)[] changes)
    {
        using var answer = await GrantAsync(Ada.Browser, subject, of, changes);
        Assert.Equal((HttpStatusCode.Redirect, ""), (answer.StatusCode, answer.StatusCode is HttpStatusCode.Redirect ? "" : WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync())));
        return await Server.InCatalogueAsync(catalogue => Task.FromResult(catalogue.Entitlements.Select(e => e.Id).ToList().Max()));
    }

    /// <summary>States a purpose; the path of the replay, or null when it was refused.</summary>
    internal static async Task<string?> OpenAsync(Browser browser, Guid session, string purpose = "Quality assurance")
    {
        using var opened = await browser.SubmitAsync("/account", $"/sessions/{session}/replay", ("purpose", purpose));
        return opened.StatusCode is HttpStatusCode.Redirect ? opened.Headers.Location!.ToString() : null;
    }

    /// <summary>The status of a request of the player.</summary>
    internal static async Task<HttpStatusCode> AskAsync(Browser browser, string replay, string what)
    {
        using var answer = await browser.ScriptAsync(HttpMethod.Get, $"/api{replay}{what}");
        return answer.StatusCode;
    }

    /// <summary>The audit trail of one session, as <c>actor action outcome detail</c>.</summary>
    internal Task<List<string>> AuditOfAsync(Guid session) => Server.InCatalogueAsync(catalogue => Task.FromResult(
        catalogue.Audit.Where(row => row.Session == session).OrderBy(row => row.Id).Select(row => $"{row.Actor} {row.Action} {row.Outcome} {row.Detail}").ToList()));

    internal Task<HttpResponseMessage> RevokeAsync(Browser by, Guid entitlement) => by.SubmitAsync("/rights", $"/rights/{entitlement}/revoke");
}
