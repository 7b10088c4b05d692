using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Breaches;

/// <summary>The register of breaches: its clock is seen, what is said of a breach stays, and it is closed only with an assessment that allows it.</summary>
[Trait("Catalogue", "both")]
public sealed class BreachTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;
    private Browser Admin => shared.Technician.Browser;

    [Fact]
    public async Task Its_clock_runs_until_the_authority_is_notified_or_there_is_no_risk()
    {
        var id = await OpenAsync(opened: -TimeSpan.FromHours(24.5));
        Assert.Contains("47 h 29 min left", await Admin.ReadAsync($"/breaches/{id}"), StringComparison.Ordinal);
        var late = await OpenAsync(opened: -TimeSpan.FromHours(80));
        Assert.Contains("8 h 0 min over", await Admin.ReadAsync($"/breaches/{late}"), StringComparison.Ordinal);
        Assert.Contains($"/breaches/{id}", await Admin.ReadAsync("/breaches"), StringComparison.Ordinal);

        using (await AssessAsync(id, "no", "Sealed.", "no")) { }
        Assert.DoesNotContain("Time to notify", await Admin.ReadAsync($"/breaches/{id}"), StringComparison.Ordinal);
        using (await AssessAsync(late, "yes", "Names can be read.", "yes", TimeOf(Server.Clock.GetUtcNow()))) { }
        Assert.DoesNotContain("Time to notify", await Admin.ReadAsync($"/breaches/{late}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_long_it_was_possibly_public_is_counted_from_the_last_look_that_was_private()
    {
        var known = await OpenAsync(opened: -TimeSpan.FromHours(2), privateAt: -TimeSpan.FromHours(3), ended: -TimeSpan.FromHours(1));
        Assert.Contains("at most 2 h 0 min", await Admin.ReadAsync($"/breaches/{known}"), StringComparison.Ordinal);
        var unknown = await OpenAsync(opened: -TimeSpan.FromHours(2), ended: -TimeSpan.FromHours(1));
        Assert.Contains("at least 1 h 0 min; when it began is not known", await Admin.ReadAsync($"/breaches/{unknown}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Sealed.", "no", "", "Say whether persons are at risk")]
    [InlineData("no", " \n ", "no", "", "The reason is empty")]
    [InlineData("no", "Sealed.", "", "", "Say whether the authority was notified")]
    [InlineData("yes", "Names.", "yes", "", "Say when the authority was notified")]
    [InlineData("yes", "Names.", "yes", "yesterday", "Say when the authority was notified")]
    [InlineData("yes", "Names.", "yes", "2999-01-01T00:00", "still to come")]
    [InlineData("yes", "Names.", "yes", "2020-01-01T00:00", "before the breach was found")]
    public async Task An_assessment_that_says_too_little_is_refused_and_what_was_typed_stays(string risk, string reason, string notified, string at, string expected)
    {
        var id = await OpenAsync();
        using var answer = await AssessAsync(id, risk, reason, notified, at);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.Contains(reason.Trim(), page, StringComparison.Ordinal);
        Assert.Equal((BreachState.Open, null), await StateAsync(id));
    }

    [Fact]
    public async Task It_is_closed_once_the_bucket_is_private_it_is_assessed_and_the_authority_notified_where_there_is_a_risk()
    {
        var id = await OpenAsync();
        await RefusedAsync(id, "still public");
        await ChangeAsync(id, breach => breach.EndedAt = Server.Clock.GetUtcNow());
        await RefusedAsync(id, "Nobody has assessed it");
        using (await AssessAsync(id, "yes", "Names can be read.", "no")) { }
        await RefusedAsync(id, "the authority was not notified");
        Assert.Equal((BreachState.Assessed, true), await StateAsync(id));
        using (await AssessAsync(id, "yes", "Names can be read.", "yes", TimeOf(Server.Clock.GetUtcNow()))) { }
        Assert.Equal((BreachState.Notified, true), await StateAsync(id));
        using (var closed = await CloseAsync(id)) { Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode); }
        Assert.Equal((BreachState.Closed, true), await StateAsync(id));

        // Nothing is added to it any more, and everything that was said is in it and in the trail.
        using (var late = await NoteAsync(Admin, id, "One more thing.")) { Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode); }
        using (var again = await AssessAsync(id, "no", "Changed my mind.", "no")) { Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode); }
        var page = await Admin.ReadAsync($"/breaches/{id}");
        Assert.Contains("Risk. The authority was not notified.\nNames can be read.", page, StringComparison.Ordinal);
        Assert.Contains("Closed by tina", page, StringComparison.Ordinal);
        Assert.Equal(["breach.assessed", "breach.assessed", "breach.closed"], (await TrailAsync(id)).Select(row => row.Split(' ')[1]));
        Assert.All(await TrailAsync(id), row => Assert.StartsWith("tina ", row, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_auditor_reads_and_writes_notes_and_decides_nothing()
    {
        var id = await OpenAsync();
        using var auditor = await Member.JoinAsync(Server, Admin, $"auditor-{id:N}"[..20], Roles.Auditor);
        using (var noted = await NoteAsync(auditor.Browser, id, "Asked <b>Petra</b> of IT.")) { Assert.Equal($"/breaches/{id}", noted.Headers.Location?.ToString()); }
        Assert.Contains("Asked <b>Petra</b> of IT.", await Admin.ReadAsync($"/breaches/{id}"), StringComparison.Ordinal); // decoded: as text
        Assert.DoesNotContain("Assess it", await auditor.Browser.ReadAsync($"/breaches/{id}"), StringComparison.Ordinal);
        foreach (var action in (string[])["assess", "close"])
        {
            using var answer = await auditor.Browser.SubmitAsync($"/breaches/{id}", $"/breaches/{id}/{action}", ("risk", "no"), ("reason", "x"), ("notified", "no"));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        Assert.Empty(Server.FilesThatHold("Petra")); // it names somebody: it lies sealed
        Assert.Equal((BreachState.Open, null), await StateAsync(id));
    }

    [Fact]
    public async Task A_note_of_too_many_characters_is_refused_by_its_length()
    {
        var id = await OpenAsync();
        using var answer = await NoteAsync(Admin, id, new string('x', BreachNote.TextLimit + 1));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("has 2001 characters; it may have 2000", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_lay_in_the_bucket_is_shown_as_text_whatever_it_is()
    {
        var id = await OpenAsync();
        await Server.InCatalogueAsync(catalogue =>
        {
            catalogue.BreachSteps.Add(new() { Id = Guid.NewGuid(), Breach = id, At = Server.Clock.GetUtcNow(), What = "Policy: takes out the statement.", SavedKind = "policy", Saved = "<script>alert(1)</script>" });
            return catalogue.SaveChangesAsync();
        });
        using var answer = await Admin.GetAsync($"/breaches/{id}");
        Assert.DoesNotContain("<script>alert", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(Guid id, string expected)
    {
        using var answer = await CloseAsync(id);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(expected, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    private async Task<Guid> OpenAsync(TimeSpan opened = default, TimeSpan? privateAt = null, TimeSpan? ended = null)
    {
        var (id, now) = (Guid.NewGuid(), Server.Clock.GetUtcNow());
        await Server.InCatalogueAsync(catalogue =>
        {
            catalogue.Breaches.Add(new() { Id = id, Location = $"l-{id:N}"[..12], Bucket = "recordings", OpenedAt = now + opened, PrivateAt = now + privateAt, EndedAt = now + ended, Found = "public-list (acl)" });
            return catalogue.SaveChangesAsync();
        });
        return id;
    }

    private Task<int> ChangeAsync(Guid id, Action<Breach> change) => Server.InCatalogueAsync(async catalogue =>
    {
        change(await catalogue.Breaches.SingleAsync(breach => breach.Id == id));
        return await catalogue.SaveChangesAsync();
    });

    private Task<(BreachState, bool?)> StateAsync(Guid id) => Server.InCatalogueAsync(async catalogue => await catalogue.Breaches.AsNoTracking().SingleAsync(breach => breach.Id == id) is var breach ? (breach.State, breach.Risk) : default);

    private Task<List<string>> TrailAsync(Guid id) => Server.InCatalogueAsync(catalogue => catalogue.Audit.AsNoTracking().Where(row => row.Action.StartsWith("breach.") && row.Detail!.Contains(id.ToString())).OrderBy(row => row.Id).Select(row => $"{row.Actor} {row.Action}").ToListAsync());

    private Task<HttpResponseMessage> AssessAsync(Guid id, string risk, string reason, string notified, string at = "") =>
        Admin.SubmitAsync($"/breaches/{id}", $"/breaches/{id}/assess", ("risk", risk), ("reason", reason), ("notified", notified), ("at", at));

    private Task<HttpResponseMessage> CloseAsync(Guid id) => Admin.SubmitAsync("/account", $"/breaches/{id}/close");

    private static Task<HttpResponseMessage> NoteAsync(Browser browser, Guid id, string text) => browser.SubmitAsync("/account", $"/breaches/{id}/notes", ("text", text));

    private static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm");
}
