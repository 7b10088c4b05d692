using System.Net;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Retention;

/// <summary>T1: the date is the one that the notice showed, part by part, in the person's language, whatever the policy says later.</summary>
public sealed class ShownDatesTests : IAsyncLifetime
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
    public async Task A_session_goes_by_the_version_that_its_notice_showed()
    {
        await admin.SavePolicyAsync(0, ("Screen.Days", "30"), ("Chat.Keep", "Session"), ("Events.Days", "30"));
        var shown = (await server.PoliciesAsync(0))[^1];
        var (session, code) = await admin.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        using var person = await Person.JoinAsync(server, code);
        await admin.SavePolicyAsync(0, ("Screen.Days", "3")); // afterwards
        var last = RetentionDates.EndOf(RetentionDates.DayOf(server.Clock.GetUtcNow()) + 30);
        Assert.Contains($"Until {last.UtcDateTime:d MMMM yyyy}. Then it is deleted.", (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        await RecordAsync(recorder, await person.AllowAsync());

        var row = await server.SessionAsync(session);
        Assert.Equal((shown.Id, last, ChatKeeping.Session), (row.Policy, row.KeepUntil, row.Chat));
        Assert.All(row.Tracks, track => Assert.Null(track.KeepUntil)); // as long as the session
        Assert.Equal(row.Tracks.Sum(track => track.Size), row.LastSize);
        Assert.Contains($"{last.UtcDateTime:d MMMM yyyy}, then deleted", await person.Browser.ReadAsync("/live"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Your screen: until {0}, then deleted.", "Your chat: until {1}, then deleted.", "What shows your consent is kept as long as the longest of these.")]
    [InlineData("de", "Ihr Bildschirm: bis {0}, dann gelöscht.", "Ihr Chat: bis {1}, dann gelöscht.", "Der Nachweis Ihrer Einwilligung bleibt so lange wie das, was davon am längsten bleibt.")]
    [InlineData("fr", "Votre écran : jusqu’au {0}, effacement ensuite.", "Votre discussion : jusqu’au {1}, effacement ensuite.", "La preuve de votre consentement est conservée aussi longtemps que le plus long de ces délais.")]
    [InlineData("es", "Su pantalla: hasta el {0}, después se borra.", "Su chat: hasta el {1}, después se borra.", "La prueba de su consentimiento se conserva tanto tiempo como lo que más dure de esto.")]
    public async Task Where_parts_go_on_different_days_the_notice_says_each_in_the_persons_language(string language, params string[] lines)
    {
        await admin.SavePolicyAsync(0, ("Screen.Days", "10"), ("Chat.Days", "20"), ("Events.Days", "10"));
        var (_, code) = await admin.StartSessionAsync();
        using var person = new Person(server);
        person.Browser.AcceptLanguage = language;
        using var entered = await person.EnterAsync(code);
        var of = SecureRecorder.Admin.Consent.Language.ParticipantLanguage.Find(language)!;
        var (screen, chat) = (of.Date(server.Clock.GetUtcNow().AddDays(10)), of.Date(server.Clock.GetUtcNow().AddDays(20)));
        var text = (await person.NoticeAsync()).Text;
        Assert.Contains(string.Join('\n', lines).Replace("{0}", screen, StringComparison.Ordinal).Replace("{1}", chat, StringComparison.Ordinal), text, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(lines[2]).Replace("&#39;", "'", StringComparison.Ordinal)[..20], await (await person.Browser.GetAsync("/consent")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_track_gets_the_date_of_its_part_and_live_page_and_receipt_say_so()
    {
        await admin.SavePolicyAsync(0, ("Screen.Days", "10"), ("Chat.Days", "20"), ("Events.Days", "5"));
        var (session, code) = await admin.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        using var person = await Person.JoinAsync(server, code);
        var receipt = await person.AllowAsync();
        await RecordAsync(recorder, receipt, TrackName.Events);
        var today = RetentionDates.DayOf(server.Clock.GetUtcNow());
        var row = await server.SessionAsync(session);
        Assert.Equal(RetentionDates.EndOf(today + 10), row.KeepUntil);
        Assert.Equal([("consent", null), ("events", RetentionDates.EndOf(today + 5)), ("video", (DateTimeOffset?)null)], row.Tracks.OrderBy(t => t.Name).Select(t => (t.Name, t.KeepUntil)));
        Assert.Equal(row.Tracks.Where(t => t.Name != "events").Sum(t => t.Size), row.LastSize);
        var line = $"When it was paused and resumed: until {RetentionDates.EndOf(today + 5).UtcDateTime:d MMMM yyyy}, then deleted";
        var live = await person.Browser.ReadAsync("/live");
        Assert.Contains(line, live, StringComparison.Ordinal);
        var path = live.Split("href=\"/receipts/")[1].Split('"')[0];
        Assert.Contains(line, await person.Browser.ReadAsync($"/receipts/{path}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_with_the_session_is_due_when_it_ends_and_what_has_no_date_says_why()
    {
        await admin.SavePolicyAsync(0, ("Screen.Keep", "Session"), ("Chat.Keep", "Session"), ("Events.Keep", "Session"));
        var (first, code) = await admin.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        using var person = await Person.JoinAsync(server, code);
        Assert.Contains("Your screen: until this session ends, then deleted.", (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        await RecordAsync(recorder, await person.AllowAsync());
        var row = await server.SessionAsync(first);
        Assert.Contains(row.State, new[] { SessionState.Purging, SessionState.Purged });

        var review = server.Clock.GetUtcNow().AddDays(100);
        await admin.SavePolicyAsync(0, ("Screen.Keep", "Indefinite"), ("Screen.Basis", "Section 12 of the Example Act"), ("Screen.Review", $"{review:yyyy-MM-dd}"));
        var (second, next) = await admin.StartSessionAsync();
        using var other = await TestRecorder.JoinAsync(server, next);
        using var somebody = await Person.JoinAsync(server, next);
        Assert.Contains($"Your screen: without a fixed date (Section 12 of the Example Act); whether it is still needed is looked at on {review.UtcDateTime:d MMMM yyyy}.", (await somebody.NoticeAsync()).Text, StringComparison.Ordinal);
        await RecordAsync(other, await somebody.AllowAsync());
        Assert.Null((await server.SessionAsync(second)).KeepUntil);
        Assert.Contains("without a fixed date", await somebody.Browser.ReadAsync("/live"), StringComparison.Ordinal);

        // A person who has it erased has it erased, date or none.
        await somebody.PressAsync("erase");
        Assert.Contains((await server.SessionAsync(second)).State, new[] { SessionState.Purging, SessionState.Purged });
    }

    [Fact]
    public async Task What_is_never_stored_is_never_taken()
    {
        await admin.SavePolicyAsync(0, ("Screen.Days", "10"), ("Chat.Keep", "None"), ("Events.Keep", "None"));
        var (session, code) = await admin.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        using var person = await Person.JoinAsync(server, code);
        await person.AllowAsync();
        using var refused = await recorder.AskAddressesAsync("events", TrackObjects.KeyFile);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("This track is never stored", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var taken = await recorder.AskAddressesAsync("video", TrackObjects.KeyFile);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(ChatKeeping.Nothing, (await server.SessionAsync(session)).Chat);

        await admin.SavePolicyAsync(0, ("Screen.Keep", "None"));
        using var none = await admin.Browser.SubmitAsync("/", "/sessions", ("accepted", "true"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.StatusCode);
        Assert.Contains("these sessions are not recorded", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task RecordAsync(TestRecorder recorder, string receipt, params TrackName[] others)
    {
        var finished = new List<FinishedTrack>();
        foreach (var name in others.Prepend(TrackName.Video))
        {
            using var track = recorder.Write(receipt, name);
            var commit = TestRecorder.CommitOf(track, await recorder.RecordAsync(track, 2));
            using (var committed = await recorder.CommitAsync(name == TrackName.Video ? commit : commit with { MediaType = "application/jsonl" })) { Assert.True(committed.IsSuccessStatusCode, await committed.Content.ReadAsStringAsync()); }
            finished.Add(new(name.Value, 2, Manifest: false));
        }

        using var over = await recorder.FinishAsync(TrackEnd.Ended, [.. finished]);
        Assert.True(over.IsSuccessStatusCode, await over.Content.ReadAsStringAsync());
    }
}
