using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>What each role opens, and that taking a role, an account or a sign-in away is in force on the next request.</summary>
[Trait("Catalogue", "both")]
public sealed class RolesTests(RolesTests.Staff staff) : IClassFixture<RolesTests.Staff>
{
    [Theory]
    [InlineData(Roles.Technician, "/,/account,/rights", "/overview,/jobs,/location,/locations,/breaches,/holds,/people,/teams,/labels,/notices,/notices/draft/en,/retention,/retention/0,/deletions,/requests,/audit,/operation", "Sessions")]
    [InlineData(Roles.Admin, "/overview,/jobs,/location,/locations,/locations/new,/breaches,/holds,/people,/teams,/labels,/rights,/notices,/notices/draft/en,/retention,/retention/0,/deletions,/requests,/account", "/audit,/operation", "Overview,Notices,Retention,Deletions,Requests,Breaches,Holds,People,Teams,Labels,Storage,Jobs")]
    [InlineData(Roles.Auditor, "/requests,/breaches,/holds,/audit,/deletions,/account", "/jobs,/location,/locations,/people,/teams,/labels,/notices,/retention,/operation", "Deletions,Requests,Breaches,Holds,Audit")]
    [InlineData(Roles.Operator, "/operation,/jobs,/account", "/location,/locations,/breaches,/holds,/people,/teams,/labels,/notices,/retention,/deletions,/requests,/audit", "Server,Jobs")]
    public async Task A_role_opens_its_pages_and_no_others_and_its_menu_shows_just_those(string role, string open, string closed, string menu)
    {
        var browser = staff.Of(role).Browser;
        foreach (var path in open.Split(',')) { Assert.Equal((path, HttpStatusCode.OK), (path, (await browser.GetAsync(path)).StatusCode)); }
        foreach (var path in closed.Split(',')) { Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await browser.GetAsync(path)).StatusCode)); }

        var page = await browser.ReadAsync("/account");
        foreach (var entry in (string[])["Overview", "Sessions", "Notices", "Retention", "Deletions", "Requests", "Breaches", "Holds", "Audit", "People", "Teams", "Labels", "Storage", "Server", "Jobs"])
        {
            Assert.Equal((entry, menu.Split(',').Contains(entry, StringComparer.Ordinal)), (entry, page.Contains($">{entry}</a>", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("/people")]
    [InlineData("/people/{id}/roles")]
    [InlineData("/people/{id}/disable")]
    [InlineData("/people/{id}/reset")]
    [InlineData("/people/{id}/sign-out")]
    [InlineData("/teams")]
    [InlineData("/teams/1/members")]
    [InlineData("/notices/publish")]
    [InlineData("/notices/draft/en")]
    [InlineData("/retention/0")]
    [InlineData("/retention/0/preview")]
    [InlineData("/retention/0/reapply")]
    public async Task A_technician_cannot_send_an_admins_form(string action)
    {
        var technician = staff.Of(Roles.Technician);
        var before = await staff.Server.AccountAuditAsync();
        using var answer = await technician.Browser.SubmitAsync("/account", action.Replace("{id}", technician.Id, StringComparison.Ordinal), ("roles", Roles.Admin), ("displayName", "x"), ("userName", "x"), ("name", "x"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(before, await staff.Server.AccountAuditAsync());
    }

    [Theory]
    [InlineData(Roles.Admin, "/overview")]
    [InlineData(Roles.Auditor, "/audit")]
    [InlineData(Roles.Operator, "/operation")]
    public async Task The_start_leads_to_what_the_account_may_open(string role, string home)
    {
        using var answer = await staff.Of(role).Browser.GetAsync("/");
        Assert.Equal(home, answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task An_admin_does_not_watch_by_being_admin()
    {
        var (session, _) = await staff.Tina.StartSessionAsync("of tina");
        using var both = await Member.JoinAsync(staff.Server, staff.Tina.Browser, "both", Roles.Admin, Roles.Technician);
        foreach (var (browser, expected) in new[] { (both.Browser, HttpStatusCode.NotFound), (staff.Of(Roles.Admin).Browser, HttpStatusCode.Forbidden) })
        {
            foreach (var path in new[] { $"/sessions/{session}", $"/sessions/{session}/replay" }) { Assert.Equal((path, HttpStatusCode.NotFound), (path, (await browser.GetAsync(path)).StatusCode)); }
            foreach (var path in new[] { $"/api/sessions/{session}", $"/api/sessions/{session}/chat" })
            {
                Assert.Equal((path, expected), (path, (await browser.GetAsync(path)).StatusCode));
            }

            using var opened = await browser.SubmitAsync("/account", $"/sessions/{session}/replay", ("purpose", "Quality assurance"));
            Assert.Equal(HttpStatusCode.NotFound, opened.StatusCode);
        }
    }

    [Fact]
    public async Task A_role_that_is_taken_away_is_gone_on_the_next_request()
    {
        using var max = await Member.JoinAsync(staff.Server, staff.Tina.Browser, "max", Roles.Technician, Roles.Admin);
        Assert.Equal(HttpStatusCode.OK, (await max.Browser.GetAsync("/people")).StatusCode);
        using (await staff.ChangeAsync(max, "roles", ("roles", Roles.Auditor))) { }
        Assert.Equal(HttpStatusCode.Forbidden, (await max.Browser.GetAsync("/people")).StatusCode);
        using (var start = await max.Browser.SubmitAsync("/account", "/sessions", ("accepted", "true"))) { Assert.Equal(HttpStatusCode.Forbidden, start.StatusCode); }
        Assert.Equal(HttpStatusCode.OK, (await max.Browser.GetAsync("/requests")).StatusCode);
        Assert.Contains("tina account.roles allowed max: auditor", await staff.Server.AccountAuditAsync());
    }

    [Fact]
    public async Task A_disabled_accounts_live_cookie_opens_nothing_and_its_password_neither()
    {
        using var nora = await Member.JoinAsync(staff.Server, staff.Tina.Browser, "nora", Roles.Technician);
        var saved = nora.Browser.Cookies.GetCookies(staff.Server.Url)["account"]!.Value;
        using (await staff.ChangeAsync(nora, "disable")) { }
        Assert.Equal(HttpStatusCode.Redirect, (await nora.Browser.GetAsync("/")).StatusCode);
        using (var entered = await nora.EnterAsync(Member.Password, nora.Code(stepsAhead: 1))) { Assert.Equal(HttpStatusCode.Unauthorized, entered.StatusCode); }

        // Enabled again, the old cookie stays dead.
        using (await staff.ChangeAsync(nora, "enable")) { }
        using var thief = new Browser(staff.Server);
        thief.Cookies.Add(staff.Server.Url, new Cookie("account", saved));
        Assert.False(await Member.IsInAsync(thief));
        staff.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        using var back = await nora.EnterAsync(Member.Password, nora.Code());
        Assert.Equal(HttpStatusCode.Redirect, back.StatusCode);
    }

    [Fact]
    public async Task A_reset_takes_password_authenticator_recovery_codes_and_sign_ins_away()
    {
        using var olga = await Member.JoinAsync(staff.Server, staff.Tina.Browser, "olga", Roles.Technician);
        var codes = olga.RecoveryCodes;
        string link;
        using (var reset = await staff.ChangeAsync(olga, "reset")) { link = Member.LinkOf(await reset.Content.ReadAsStringAsync()); }
        Assert.False(await olga.IsInAsync());
        staff.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        using (var old = await olga.EnterAsync(Member.Password, olga.Code())) { Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode); }

        using var again = new Member(staff.Server, "olga");
        using (var setUp = await again.SetUpAsync(link, "a whole new password")) { Assert.Equal(HttpStatusCode.OK, setUp.StatusCode); }
        using (var oldCode = await again.EnterAsync("a whole new password", codes[0])) { Assert.Equal(HttpStatusCode.Unauthorized, oldCode.StatusCode); }
        using var entered = await again.EnterAsync("a whole new password", again.RecoveryCodes[0]);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("roles")]
    [InlineData("reset")]
    public async Task The_last_admin_cannot_be_taken_away(string how)
    {
        await using var server = await Server.StartAsync();
        using var tina = await Technician.SignInAsync(server);
        await Member.InviteAsync(tina.Browser, "not-yet", Roles.Admin); // an invitation is nobody who can sign in
        var id = await server.InAccountsAsync(accounts => accounts.Users.Where(account => account.UserName == Technician.UserName).Select(account => account.Id).SingleAsync());
        using var answer = await tina.Browser.SubmitAsync($"/people/{id}", $"/people/{id}/{how}", ("roles", Roles.Technician));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("the only org admin", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await tina.Browser.GetAsync("/people")).StatusCode);
    }

    [Fact]
    public async Task Two_admins_who_disable_each_other_at_once_do_not_both_succeed()
    {
        await using var server = await Server.StartAsync();
        using var tina = await Technician.SignInAsync(server);
        using var other = await Member.JoinAsync(server, tina.Browser, "other", Roles.Admin);
        var id = await server.InAccountsAsync(accounts => accounts.Users.Where(account => account.UserName == Technician.UserName).Select(account => account.Id).SingleAsync());
        var (mine, theirs) = (await tina.Browser.TokenAsync("/people"), await other.Browser.TokenAsync("/people"));
        var answers = await Task.WhenAll(tina.Browser.PostAsync($"/people/{other.Id}/disable", mine), other.Browser.PostAsync($"/people/{id}/disable", theirs));
        foreach (var answer in answers) { answer.Dispose(); }
        Assert.Equal(1, await server.InAccountsAsync(accounts => accounts.Users.CountAsync(account => account.DisabledAt == null)));
    }

    /// <summary>Somebody of every role.</summary>
    public sealed class Staff : IAsyncLifetime
    {
        private readonly Dictionary<string, Member> members = new(StringComparer.Ordinal);

        public Server Server { get; private set; } = null!;
        internal Technician Tina { get; private set; } = null!;

        internal Member Of(string role) => members[role];

        internal Task<HttpResponseMessage> ChangeAsync(Member member, string what, params (string, string)[] fields) =>
            Tina.Browser.SubmitAsync($"/people/{member.Id}", $"/people/{member.Id}/{what}", fields);

        public async ValueTask InitializeAsync()
        {
            Server = await Server.StartAsync();
            Tina = await Technician.SignInAsync(Server);
            foreach (var role in Roles.All) { members[role] = await Member.JoinAsync(Server, Tina.Browser, $"an-{role}", role); }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var member in members.Values) { member.Dispose(); }
            Tina.Dispose();
            await Server.DisposeAsync();
        }
    }
}
