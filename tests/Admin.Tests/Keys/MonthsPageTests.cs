using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureRecorder.Admin.Certificates;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Keys;

/// <summary>The months' keys on the page of their location: what hangs on each, when it goes, why one is there still, and the proof that another is gone.</summary>
[Trait("Catalogue", "both")]
public sealed class MonthsPageTests
{
    [Fact]
    public async Task A_month_that_is_over_says_what_it_waits_for_and_one_that_is_not_when_it_goes()
    {
        await using var server = await StartAsync(expiring: true);
        using var admin = await Technician.SignInAsync(server);
        var (waits, idle, broke, coming) = (await KeyAsync(server, -3), await KeyAsync(server, -2), await KeyAsync(server, -4, destroyingSince: true), await KeyAsync(server, 2));
        var held = await SessionAsync(server, SessionState.Recorded, ("video", waits, null), ("chat", waits, coming), ("consent", null, null));
        await HoldAsync(server, held);
        await SessionAsync(server, SessionState.Recorded, ("video", waits, null), ("chat", coming, null));
        await SessionAsync(server, SessionState.Purged, ("video", waits, null)); // nothing of it is left
        await PurgedTrackAsync(server, waits);
        await DestroyedKeysAsync(server, waits);
        await SessionAsync(server, SessionState.Recording, began: -4);
        await ExportAsync(server, waits);

        var rows = await RowsAsync(admin, "/location");
        Assert.Contains("3 tracks, 2 of them held, and 1 export", rows[waits], StringComparison.Ordinal);
        foreach (var reason in (string[])["2 held tracks, to be wrapped for a later month’s key first", "1 track, to be deleted, or wrapped for another key, first", "1 export, to be destroyed first", "1 session that began before the month was over and goes on"])
        {
            Assert.Contains(reason, rows[waits], StringComparison.Ordinal);
        }

        Assert.Contains("1 session that began before", rows[idle], StringComparison.Ordinal);
        Assert.DoesNotContain("track, to be", rows[idle], StringComparison.Ordinal);
        Assert.Contains("its store, or the bucket that takes the certificate: its destruction was begun on", rows[broke], StringComparison.Ordinal);
        Assert.Contains("2 tracks, 1 of them held", rows[coming], StringComparison.Ordinal); // one is being wrapped for it, and hangs on both
        var due = new ExpiryMonth(Month(server, 2)).End.AddDays(1);
        Assert.Contains($"from {due.UtcDateTime:d MMMM yyyy} on", rows[coming], StringComparison.Ordinal);
        Assert.DoesNotContain("Not yet", rows[coming], StringComparison.Ordinal);

        // Why the job could not.
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.JobRuns.Add(new() { Id = Guid.NewGuid(), Job = DestroyExpiredKeys.Name, Outcome = JobOutcome.Failed, BeganAt = server.Clock.GetUtcNow(), EndedAt = server.Clock.GetUtcNow(), Failure = "The key vault of 'x' cannot be used now: it is away" });
            return catalogue.SaveChangesAsync();
        });
        Assert.Contains("did not do all that it should: The key vault of 'x' cannot be used now: it is away", await admin.Browser.ReadAsync("/location"), StringComparison.Ordinal);
        Assert.Contains(">4 months’ keys</a>", await admin.Browser.ReadAsync("/locations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_destroyed_says_since_when_until_when_it_can_come_back_and_proves_it()
    {
        await using var server = await StartAsync(expiring: false);
        using var admin = await Technician.SignInAsync(server);
        Assert.Contains("No. What is recorded here is wrapped for the location’s own key", await admin.Browser.ReadAsync("/location"), StringComparison.Ordinal);
        var now = server.Clock.GetUtcNow();
        var (soft, gone, never) = (await KeyAsync(server, -3, now.AddDays(-1), now.AddDays(6)), await KeyAsync(server, -6, now.AddDays(-90), now.AddDays(-83)), await KeyAsync(server, -7, now.AddDays(-120)));

        var page = await admin.Browser.ReadAsync("/location");
        Assert.Contains("Switched off. What is recorded from now on is wrapped for the location’s own key.", page, StringComparison.Ordinal);
        var rows = await RowsAsync(admin, "/location");
        Assert.Contains($"by the vault’s owner, until {now.AddDays(6).UtcDateTime:d MMMM yyyy}", rows[soft], StringComparison.Ordinal);
        Assert.Contains($"by nobody, since {now.AddDays(-83).UtcDateTime:d MMMM yyyy}", rows[gone], StringComparison.Ordinal);
        Assert.Contains("by nobody<", rows[never], StringComparison.Ordinal);
        Assert.Contains($"{now.AddDays(-1).UtcDateTime:d MMM yyyy, HH:mm} UTC", rows[soft], StringComparison.Ordinal);
        Assert.DoesNotContain(soft.ToString(), await admin.Browser.ReadAsync("/locations"), StringComparison.Ordinal);

        // The file is what the command checks.
        using var answer = await admin.Browser.GetAsync($"/locations/keys/{soft}/certificate");
        Assert.Equal((HttpStatusCode.OK, $"sr-main-{soft:N}.destroyed.jws"), (answer.StatusCode, answer.Content.Headers.ContentDisposition?.FileName));
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync());
            await using var output = new StringWriter();
            var code = await CertificateCommand.Create().Parse(["verify", file, "--server-key", server.Services.GetRequiredService<SigningKey>().Public.Thumbprint]).InvokeAsync(new() { Output = output, Error = output });
            Assert.Equal((0, true), (code, output.ToString().Contains($"the key 'sr-main-{soft:N}'", StringComparison.Ordinal)));
        }
        finally
        {
            File.Delete(file);
        }

        using var none = await admin.Browser.GetAsync($"/locations/keys/{await KeyAsync(server, 1)}/certificate");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task The_page_of_a_deleted_session_says_until_when_backups_of_it_open()
    {
        await using var server = await StartAsync(expiring: true);
        using var admin = await Technician.SignInAsync(server);
        var (coming, gone) = (await KeyAsync(server, 2), await KeyAsync(server, -2, server.Clock.GetUtcNow(), server.Clock.GetUtcNow().AddDays(7)));
        var (deleted, kept) = (await SessionAsync(server, SessionState.Purged, ("video", coming, null), ("chat", gone, null)), await SessionAsync(server, SessionState.Recorded, ("video", coming, null), ("chat", gone, null)));
        var page = await admin.Browser.ReadAsync($"/sessions/{deleted}");
        var due = new ExpiryMonth(Month(server, 2)).End.AddDays(1);
        Assert.Contains($"is destroyed on {due.UtcDateTime:d MMMM yyyy}, or later if something else hangs on it: until then a backup of the bucket opens with it.", page, StringComparison.Ordinal);
        Assert.Contains($"was destroyed on {server.Clock.GetUtcNow().UtcDateTime:d MMMM yyyy}: no backup opens with it any more, unless the owner of its vault brings it back, who can until {server.Clock.GetUtcNow().AddDays(7).UtcDateTime:d MMMM yyyy}.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("backup", await admin.Browser.ReadAsync($"/sessions/{kept}"), StringComparison.Ordinal);

        // One whose month is over is still there: no date that has gone by is promised.
        var late = await SessionAsync(server, SessionState.Purged, ("video", await KeyAsync(server, -4), null));
        page = await admin.Browser.ReadAsync($"/sessions/{late}");
        due = new ExpiryMonth(Month(server, -4)).End.AddDays(1);
        Assert.Contains($"was to be destroyed on {due.UtcDateTime:d MMMM yyyy} and is not yet; the page of its location tells an admin what it waits for. Until it is destroyed, a backup of the bucket opens with it.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("is destroyed on", page, StringComparison.Ordinal);

        // One track of it is gone.
        await server.InCatalogueAsync(catalogue => catalogue.Tracks.Where(t => t.Session == kept && t.Name == "chat").ExecuteUpdateAsync(row => row.SetProperty(t => t.PurgeBeganAt, server.Clock.GetUtcNow())));
        page = await admin.Browser.ReadAsync($"/sessions/{kept}");
        Assert.Contains("no backup opens with it any more", page, StringComparison.Ordinal);
        Assert.DoesNotContain("until then a backup of the bucket opens with it", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_very_many_months_the_next_and_the_last_are_shown_and_all_on_demand()
    {
        await using var server = await StartAsync(expiring: true);
        using var admin = await Technician.SignInAsync(server);
        List<Guid> coming = [], gone = [];
        for (var month = 0; month < 30; month++)
        {
            coming.Add(await KeyAsync(server, month));
            gone.Add(await KeyAsync(server, -3 - month, server.Clock.GetUtcNow()));
        }

        Assert.Equal([.. coming.Take(24), .. gone.Take(24)], (await RowsAsync(admin, "/location")).Keys);
        Assert.Contains("All 60 months", await admin.Browser.ReadAsync("/location"), StringComparison.Ordinal);
        Assert.Equal([.. coming, .. gone], (await RowsAsync(admin, "/location?months=all")).Keys);
        Assert.DoesNotContain("All 60 months", await admin.Browser.ReadAsync("/location?months=all"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_hangs_on_many_months_is_asked_in_as_many_questions_as_what_hangs_on_one()
    {
        await using var server = await StartAsync(expiring: true);
        List<Guid> keys = [];
        for (var month = 0; month < 12; month++)
        {
            keys.Add(await KeyAsync(server, month));
            await SessionAsync(server, SessionState.Recorded, ("video", keys[^1], null));
        }

        var questions = 0;
        await using var catalogue = await server.InCatalogueAsync(open =>
        {
            var options = new DbContextOptionsBuilder<CatalogueDb>().LogTo(_ => questions++, [RelationalEventId.CommandExecuted]);
            return Task.FromResult(new CatalogueDb((open.Database.IsSqlite() ? options.UseSqlite(open.Database.GetConnectionString()) : options.UseNpgsql(open.Database.GetConnectionString())).Options));
        });
        Assert.Equal(1, Assert.Single(await catalogue.CountHangingAsync(keys[..1], default)).Value.Tracks);
        var ofOne = questions;
        Assert.All(await catalogue.CountHangingAsync(keys, default), of => Assert.Equal(new(1, 0, 0), of.Value));
        Assert.Equal(ofOne * 2, questions);
    }

    /// <summary>Its job neither makes nor destroys a key: each is here as a test put it.</summary>
    private static async Task<Server> StartAsync(bool expiring)
    {
        var server = await Server.StartAsync();
        server.Configure("Location:ExpiringKeys", expiring ? "true" : "false");
        server.Adapt = services => services.Replace(ServiceDescriptor.Singleton<IReadOnlyList<JobEntry>>([.. JobSchedule.Entries.Where(entry => entry.Name != DestroyExpiredKeys.Name)]));
        await server.StartAgainAsync();
        return server;
    }

    private static int Month(Server server, int ahead) => ExpiryMonth.Of(server.Clock.GetUtcNow()).Number + ahead;

    /// <summary>The lines of both tables, by key, as HTML, in order.</summary>
    private static async Task<Dictionary<Guid, string>> RowsAsync(Technician admin, string path)
    {
        var page = await admin.Browser.ReadAsync(path);
        return page.Split("<tr>").Where(row => row.Contains("<code>sr-main-", StringComparison.Ordinal)).ToDictionary(row => Guid.ParseExact(row.AsSpan(row.IndexOf("<code>sr-main-", StringComparison.Ordinal) + 14, 32), "N"), row => row);
    }

    private static async Task<Guid> KeyAsync(Server server, int ahead, DateTimeOffset? destroyed = null, DateTimeOffset? recoverable = null, bool destroyingSince = false)
    {
        var (id, now, month) = (Guid.NewGuid(), server.Clock.GetUtcNow(), Month(server, ahead));
        var name = $"sr-main-{id:N}";
        var certificate = destroyed is not { } at ? null
            : new KeyDestructionCertificate(KeyDestructionCertificate.FormatName, "main", $"{new ExpiryMonth(month)}", name, "kid", "a vault", now.AddDays(-200), at, recoverable).Sign(server.Services.GetRequiredService<SigningKey>());
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.ExpiryKeys.Add(new() { Id = id, Location = "main", Month = month, Name = name, MadeAt = now, Kid = "kid", DestroyingSince = destroyingSince ? now : destroyed, DestroyedAt = destroyed, RecoverableUntil = recoverable, Certificate = certificate });
            return catalogue.SaveChangesAsync();
        });
        return id;
    }

    /// <param name="began">Months ago, as a negative number.</param>
    private static async Task<Guid> SessionAsync(Server server, SessionState state, int began)
    {
        var id = Guid.NewGuid();
        var then = new ExpiryMonth(Month(server, began)).Begin;
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.Sessions.Add(new() { Id = id, Technician = "tina", CreatedAt = then, CodeExpiresAt = then, CodeHash = RandomNumberGenerator.GetBytes(32), Region = "local", State = state, KeysExpire = true });
            return catalogue.SaveChangesAsync();
        });
        return id;
    }

    private static async Task<Guid> SessionAsync(Server server, SessionState state, params (string Name, Guid? Key, Guid? Next)[] tracks)
    {
        var id = await SessionAsync(server, state, began: -5);
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.Tracks.AddRange(tracks.Select(track => new RecordedTrack { Session = id, Name = track.Name, MediaType = "video/mp4", ExpiryKey = track.Key, NextExpiryKey = track.Next, RewrapUntil = track.Next is null ? null : server.Clock.GetUtcNow().AddMinutes(5) }));
            return catalogue.SaveChangesAsync();
        });
        return id;
    }

    private static async Task PurgedTrackAsync(Server server, Guid key)
    {
        var session = await SessionAsync(server, SessionState.Recorded, ("video", key, null));
        await server.InCatalogueAsync(catalogue => catalogue.Tracks.Where(t => t.Session == session).ExecuteUpdateAsync(row => row.SetProperty(t => t.PurgedAt, server.Clock.GetUtcNow())));
    }

    /// <summary>Being deleted: its objects are there still, its data keys are not.</summary>
    private static async Task DestroyedKeysAsync(Server server, Guid key)
    {
        var session = await SessionAsync(server, SessionState.Purging, ("video", key, null));
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.Purges.Add(new() { Id = Guid.NewGuid(), Session = session, Reason = DeletionReason.Expired, BeganAt = server.Clock.GetUtcNow(), StateBefore = SessionState.Recorded, KeysDestroyedAt = server.Clock.GetUtcNow() });
            return catalogue.SaveChangesAsync();
        });
    }

    private static Task HoldAsync(Server server, Guid session) => server.InCatalogueAsync(catalogue =>
    {
        var now = server.Clock.GetUtcNow();
        catalogue.Holds.Add(new() { Id = Guid.NewGuid(), Session = session, Owner = "ada", PlacedBy = "ada", PlacedAt = now, ReviewAt = now.AddDays(30), Reason = "Case 12" });
        return catalogue.SaveChangesAsync();
    });

    private static async Task ExportAsync(Server server, Guid key)
    {
        var session = await SessionAsync(server, SessionState.Recorded, began: -5);
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.Exports.Add(new() { Id = Guid.NewGuid(), Session = session, Requester = "tina", Purpose = "Quality assurance", RequestedAt = server.Clock.GetUtcNow(), Tracks = "video", State = ExportState.Ready, Stored = true, ExpiryKey = key });
            return catalogue.SaveChangesAsync();
        });
    }
}
