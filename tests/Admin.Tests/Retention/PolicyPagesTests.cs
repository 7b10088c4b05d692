using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.RetentionJobs.Retention;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Retention;

/// <summary>An org admin changes a policy: preview first, a new version, and what is recorded changes only by an application of its own.</summary>
[Trait("Catalogue", "both")]
public sealed class PolicyPagesTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician admin = null!;

    public async ValueTask InitializeAsync() => admin = await Technician.SignInAsync(server = await Server.StartAsync());

    public async ValueTask DisposeAsync()
    {
        admin.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_change_is_shown_first_saved_as_a_version_and_applied_only_when_somebody_asks()
    {
        var (old, held) = (await RecordedAsync(daysAgo: 30), await RecordedAsync(daysAgo: 31));
        await HoldAsync(held);
        var before = await UntilAsync(old);

        // Looking changes nothing.
        var fields = PolicyChange.Fields(2, ("Screen.Days", "20"), ("Chat.Days", "90"));
        using (var preview = await admin.Browser.SubmitAsync("/retention/0", "/retention/0/preview", fields))
        {
            var page = WebUtility.HtmlDecode(await preview.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.OK, preview.StatusCode);
            Assert.Contains("1 recording deleted earlier", page, StringComparison.Ordinal);
            Assert.Contains("1 of them at once", page, StringComparison.Ordinal);
            Assert.Contains("1 session is under a legal hold and not counted", page, StringComparison.Ordinal);
            Assert.Contains("name=\"Screen.Days\" value=\"20\"", page, StringComparison.Ordinal);
        }

        Assert.Single(await server.PoliciesAsync(0));
        await SendAsync("/retention/0", HttpStatusCode.Redirect, fields);
        var versions = await server.PoliciesAsync(0);
        Assert.Equal([(1, "server"), (2, Technician.UserName)], versions.Select(version => (version.Version, version.By)));
        Assert.Equal(90, versions[0].Of(RetentionPart.Screen).Days); // the older one says what it said
        Assert.Contains("90 days", await admin.Browser.ReadAsync("/retention/0/versions/1"), StringComparison.Ordinal);
        await server.RunJobAsync<ReapplyPolicies>();
        Assert.Equal(before, await UntilAsync(old));

        Assert.Contains("1 recording deleted earlier", await admin.Browser.ReadAsync("/retention/0/reapply"), StringComparison.Ordinal);
        await SendAsync("/retention/0/reapply", HttpStatusCode.Redirect, ("version", "2"));
        await server.RunJobAsync<ReapplyPolicies>();
        Assert.Equal(before!.Value.AddDays(-70), await UntilAsync(old));
        Assert.Contains("Applied to what is recorded: version 2", await admin.Browser.ReadAsync("/retention/0"), StringComparison.Ordinal);
        var audit = await server.RetentionAuditAsync();
        Assert.Contains(audit, row => row.StartsWith("tina retention.policy allowed The organization version 2: screen 20 days, chat 90 days", StringComparison.Ordinal));
        Assert.Contains("tina retention.reapply allowed The organization version 2", audit);
        Assert.Contains(audit, row => row.StartsWith("tina retention.reapplied allowed Done: 2 sessions looked at, 2 shortened, 0 lengthened", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_kept_longer_than_its_notice_showed_and_the_page_says_so()
    {
        var session = await RecordedAsync(daysAgo: 10);
        var before = await UntilAsync(session);
        await admin.SavePolicyAsync(0, ("Screen.Days", "400"), ("Chat.Days", "400"), ("Events.Days", "400"));
        Assert.Contains("1 recording would be kept longer than their notice showed. That is refused", await admin.Browser.ReadAsync("/retention/0/reapply"), StringComparison.Ordinal);
        await SendAsync("/retention/0/reapply", HttpStatusCode.Redirect, ("version", "2"));
        await server.RunJobAsync<ReapplyPolicies>();
        Assert.Equal(before, await UntilAsync(session));
    }

    [Fact]
    public async Task A_stale_form_a_form_sent_twice_and_an_application_of_an_old_version_change_nothing()
    {
        var (token, fields) = (await admin.Browser.TokenAsync("/retention/0"), PolicyChange.Fields(2));
        using (var first = await admin.Browser.PostAsync("/retention/0", token, fields)) { Assert.Equal(HttpStatusCode.Redirect, first.StatusCode); }
        using (var again = await admin.Browser.PostAsync("/retention/0", token, fields))
        {
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
            Assert.Contains("Version 2 is the newest one now. Nothing was saved", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var stale = await admin.Browser.PostAsync("/retention/0/preview", token, PolicyChange.Fields(2, ("Screen.Days", "5")))) { Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode); }
        await SendAsync("/retention/0/reapply", HttpStatusCode.Conflict, ("version", "1"));
        await SendAsync("/retention/0/reapply", HttpStatusCode.Redirect, ("version", "2"));
        await SendAsync("/retention/0/reapply", HttpStatusCode.Conflict, ("version", "2")); // it waits already
        Assert.Equal(2, (await server.PoliciesAsync(0)).Count);
        Assert.Equal(1, await server.InCatalogueAsync(catalogue => catalogue.PolicyReapplications.CountAsync()));
    }

    [Fact]
    public async Task Two_who_save_at_once_save_once()
    {
        var (token, fields) = (await admin.Browser.TokenAsync("/retention/0"), PolicyChange.Fields(2));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => admin.Browser.PostAsync("/retention/0", token, fields)));
        Assert.Equal([HttpStatusCode.Redirect, .. Enumerable.Repeat(HttpStatusCode.Conflict, 5)], answers.Select(answer => answer.StatusCode).Order());
        Assert.Equal(2, (await server.PoliciesAsync(0)).Count);
        foreach (var answer in answers) { answer.Dispose(); }
    }

    [Theory]
    [InlineData("Screen.Days", "0", "Screen: days: '0' is not a whole number from 1 to 3650.")]
    [InlineData("Screen.Keep", "Indefinite", "Screen: indefinite needs a legal basis in words.")]
    [InlineData("Why", "", "Say why, in 1 to 300 characters on one line; this has 0.")]
    public async Task What_is_wrong_is_said_and_not_saved(string field, string value, string problem)
    {
        foreach (var action in new[] { "/retention/0/preview", "/retention/0" })
        {
            using var answer = await admin.Browser.SubmitAsync("/retention/0", action, PolicyChange.Fields(2, (field, value)));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Contains(problem, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }

        Assert.Single(await server.PoliciesAsync(0));
        Assert.Contains(await server.RetentionAuditAsync(), row => row.StartsWith("tina retention.policy refused The organization: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_technician_and_an_auditor_change_nothing_and_only_the_auditor_sees_what_goes()
    {
        foreach (var (role, deletions) in new[] { (Roles.Technician, HttpStatusCode.Forbidden), (Roles.Auditor, HttpStatusCode.OK) })
        {
            using var member = await Member.JoinAsync(server, admin.Browser, role, role);
            var token = await member.Browser.TokenAsync("/account");
            foreach (var action in new[] { "/retention/0", "/retention/0/preview", "/retention/0/reapply" })
            {
                using var answer = await member.Browser.PostAsync(action, token, [.. PolicyChange.Fields(2, ("Screen.Days", "1")), ("version", "1")]);
                Assert.Equal((role, action, HttpStatusCode.Forbidden), (role, action, answer.StatusCode));
            }

            using var page = await member.Browser.GetAsync("/deletions");
            Assert.Equal((role, deletions), (role, page.StatusCode));
        }

        Assert.Single(await server.PoliciesAsync(0));
        Assert.Equal(0, await server.InCatalogueAsync(catalogue => catalogue.PolicyReapplications.CountAsync()));
    }

    [Fact]
    public async Task A_second_factor_that_is_old_is_asked_for_again_before_anything_is_saved_or_applied()
    {
        server.Configure("SignIn:FactorHours", "1");
        await server.StartAgainAsync();
        var token = await admin.Browser.TokenAsync("/retention/0");
        server.Clock.Advance(TimeSpan.FromHours(2));
        foreach (var (action, fields) in new[] { ("/retention/0", PolicyChange.Fields(2)), ("/retention/0/reapply", [("version", "1")]) })
        {
            using var answer = await admin.Browser.PostAsync(action, token, fields);
            Assert.StartsWith(FreshFactor.Path, answer.Headers.Location?.ToString(), StringComparison.Ordinal);
        }

        Assert.Single(await server.PoliciesAsync(0));
    }

    [Fact]
    public async Task The_organizations_limits_are_not_drawn_tighter_than_a_teams_own_policy()
    {
        var team = await TeamAsync("Night shift");
        await admin.SavePolicyAsync(team, ("Screen.Days", "200"));
        using var answer = await admin.Browser.SubmitAsync("/retention/0", "/retention/0", PolicyChange.Fields(2, ("Screen.Maximum", "100")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("Screen of Night shift: 200 days; the organization's maximum is 100 days. Change the team's policy first.", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        await SendAsync($"/retention/{team}", HttpStatusCode.Redirect, ("Version", "2"), ("Why", "simpler"), ("Follows", "true"));
        Assert.Contains("as the organization", await admin.Browser.ReadAsync("/retention"), StringComparison.Ordinal);
        await admin.SavePolicyAsync(0, ("Screen.Maximum", "100"));
    }

    [Fact]
    public async Task A_review_in_the_past_is_shown_as_overdue()
    {
        await admin.SavePolicyAsync(0, ("Screen.Keep", "Indefinite"), ("Screen.Basis", "Section 12 of the Example Act"), ("Screen.Review", $"{server.Clock.GetUtcNow().AddDays(3):yyyy-MM-dd}"));
        Assert.DoesNotContain("overdue", await admin.Browser.ReadAsync("/retention"), StringComparison.Ordinal);
        server.Clock.Advance(TimeSpan.FromDays(5));
        using var again = await admin.EnterAsync(Technician.Password, admin.Code());
        Assert.Contains("review overdue", await admin.Browser.ReadAsync("/retention"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_is_in_the_calendar_and_its_day_lists_it()
    {
        var session = await RecordedAsync(daysAgo: 10);
        var until = (await UntilAsync(session))!.Value.UtcDateTime;
        Assert.Contains($"/deletions/{until:yyyy-MM-dd}", await admin.Browser.ReadAsync($"/deletions?month={until:yyyy-MM}"), StringComparison.Ordinal);
        var day = await admin.Browser.ReadAsync($"/deletions/{until:yyyy-MM-dd}");
        Assert.Contains($"{session}", day, StringComparison.Ordinal);
        await HoldAsync(session);
        Assert.DoesNotContain($"{session}", await admin.Browser.ReadAsync($"/deletions/{until:yyyy-MM-dd}"), StringComparison.Ordinal);
        Assert.Contains("1 recording with a date in this month is held", await admin.Browser.ReadAsync($"/deletions?month={until:yyyy-MM}"), StringComparison.Ordinal);
        foreach (var path in new[] { "/deletions?month=2027-13", "/deletions?month=x", "/deletions/2027-02-30", "/deletions/x" })
        {
            using var none = await admin.Browser.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, none.StatusCode));
        }

        Assert.Contains("Kept until", await admin.Browser.ReadAsync($"/deletions/{until:yyyy-MM-dd}?after=x_y_z"), StringComparison.Ordinal);
    }

    /// <summary>A session that was recorded under the organization's first version.</summary>
    private async Task<Guid> RecordedAsync(int daysAgo)
    {
        var policy = (await server.PoliciesAsync(0))[0];
        var created = server.Clock.GetUtcNow().AddDays(-daysAgo);
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(created), Technician = "tina", CreatedAt = created, CodeExpiresAt = created, ConsentAt = created, EndedAt = created.AddMinutes(9), Region = "local", State = SessionState.Recorded,
            Policy = policy.Id, ShownDay = (int)RetentionDates.DayOf(created),
        };
        foreach (var name in new[] { "consent", "video", "thumbnails" }) { session.Tracks.Add(new() { Session = session.Id, Name = name, MediaType = "video/mp4", Size = 1 << 20, Finished = true }); }
        session.SetDates(policy, created);
        await server.InCatalogueAsync(async catalogue =>
        {
            catalogue.Sessions.Add(session);
            return await catalogue.SaveChangesAsync();
        });
        return session.Id;
    }

    private Task HoldAsync(Guid session) => server.InCatalogueAsync(async catalogue =>
    {
        catalogue.Holds.Add(new() { Id = Guid.NewGuid(), Session = session, Owner = "ada", PlacedBy = "ada", PlacedAt = server.Clock.GetUtcNow(), ReviewAt = server.Clock.GetUtcNow().AddDays(1), Reason = "a dispute" });
        return await catalogue.SaveChangesAsync();
    });

    private async Task<DateTimeOffset?> UntilAsync(Guid session) => (await server.SessionAsync(session)).KeepUntil;

    private async Task<int> TeamAsync(string name)
    {
        using var made = await admin.Browser.SubmitAsync("/teams", "/teams", ("name", name));
        return await server.InAccountsAsync(accounts => Task.FromResult(accounts.Teams.Single(team => team.Name == name).Id));
    }

    private async Task SendAsync(string action, HttpStatusCode expected, params (string, string)[] fields)
    {
        using var sent = await admin.Browser.SubmitAsync("/retention/0", action, fields);
        Assert.True(expected == sent.StatusCode, $"{action}: {sent.StatusCode} {await sent.Content.ReadAsStringAsync()}");
    }
}
