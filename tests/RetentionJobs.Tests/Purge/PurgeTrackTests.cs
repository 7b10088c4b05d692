using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Tests.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Purge;

/// <summary>A track whose date is earlier goes alone, with its own certificate; and what a store refuses or locks is not taken for deleted.</summary>
public sealed class PurgeTrackTests : IAsyncLifetime
{
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();
    private WrittenSession session = null!;
    private InterceptedStore store = null!;
    private IReadOnlyList<ManifestSegment> chat = [];

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        store = new(session.Store);
        await catalogue.AddAsync(session, clock.GetUtcNow(), SessionState.Recorded);
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1], [2]));
        await catalogue.CommitAsync(session, TrackName.Chat, chat = await session.WriteTrackAsync(TrackName.Chat, manifest: false, [0], [1], [2]));
        await catalogue.ChangeAsync(session.Id, row => (row.EndedAt, row.KeepUntil) = (clock.GetUtcNow(), clock.GetUtcNow().AddDays(90)));
        await KeepAsync(TrackName.Video, clock.GetUtcNow().AddDays(30));
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(RetentionPolicy.Organization, 3, "organization, version 3")]
    [InlineData(12, 1, "team 12, version 1")]
    public async Task The_certificate_names_the_version_of_the_policy_that_set_the_date(int team, int version, string said)
    {
        await using (var db = catalogue.Open())
        {
            var policy = new RetentionPolicy { Team = team, Version = version, At = clock.GetUtcNow(), By = "ada", Why = "Less" };
            db.RetentionPolicies.Add(policy);
            await db.SaveChangesAsync();
            await catalogue.ChangeAsync(session.Id, row => row.DatedBy = policy.Id);
        }

        clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromSeconds(1));
        await RunJobAsync();
        Assert.Equal(said, (await CertificateAsync("video")).Certificate.Policy);
    }

    [Fact]
    public async Task A_track_with_an_earlier_date_goes_alone_on_it_and_the_rest_opens()
    {
        clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        await RunJobAsync();
        Assert.Equal(5, Files(TrackName.Video).Count);
        clock.Advance(TimeSpan.FromSeconds(2));
        await RunJobAsync();

        Assert.Empty(Files(TrackName.Video));
        var row = await catalogue.ReadAsync(session.Id);
        Assert.Equal(SessionState.Recorded, row.State);
        var track = row.Tracks.Single(t => t.Name == "video");
        Assert.Equal((clock.GetUtcNow(), 0, 0), (track.PurgedAt, track.Segments, track.Size));
        var (certificate, signer) = await CertificateAsync("video");
        Assert.Equal(session.ServerKey.Public.Thumbprint, signer.Thumbprint);
        Assert.Equal(("video", 3), (Assert.Single(certificate.Tracks).Track, certificate.Tracks[0].Segments));
        Assert.Equal((5, 5, TrackObjects.NameOf(session.Id, TrackName.Video, "00000000.seal"), TrackObjects.NameOf(session.Id, TrackName.Video, "manifest.jws")), (certificate.Deleted!.Objects, certificate.Deleted.Versions, certificate.Deleted.First, certificate.Deleted.Last));
        Assert.Equal((TrackObjects.Prefix(session.Id, TrackName.Video), "purge-expired"), (certificate.Listing!.Prefix, certificate.By!.Job));
        Assert.Throws<TrackAlteredException>(() => DeletionCertificate.Verify(certificate.Sign(session.ServerKey), session.Id)); // not one of the session
        using var rest = await session.Reader.OpenAsync(session.Id, TrackName.Chat, session.ConsentDigest, [session.RecorderKey.Public.Thumbprint, session.ServerKey.Public.Thumbprint], chat, default);
        Assert.Equal([1], await rest.ReadAsync(1, default));
        Assert.Equal(["track.purge", "track.purged"], await ActionsAsync());
        await RunJobAsync();
        Assert.Equal(["track.purge", "track.purged"], await ActionsAsync());

        // later the session goes, and its certificate does not claim the track again
        clock.Advance(TimeSpan.FromDays(61));
        await RunJobAsync();
        var whole = DeletionCertificate.Verify(Encoding.ASCII.GetString((await session.Store.GetAsync(DeletionCertificate.ObjectName(session.Id), 1 << 16, default))!), session.Id).Certificate;
        Assert.Equal(["chat", "consent"], whole.Tracks.Select(t => t.Track));
        await CertificateAsync("video");
    }

    [Fact]
    public async Task The_consent_goes_with_the_session_whatever_its_own_date_says()
    {
        await KeepAsync(TrackName.Consent, clock.GetUtcNow().AddDays(1));
        clock.Advance(TimeSpan.FromDays(2));
        await RunJobAsync();
        Assert.NotEmpty(Files(TrackName.Consent));
    }

    [Fact]
    public async Task A_hold_keeps_a_track_that_has_a_date_of_its_own()
    {
        await using (var open = catalogue.Open())
        {
            open.Holds.Add(PurgeScene.Hold(clock.GetUtcNow(), session.Id));
            await open.SaveChangesAsync();
        }

        clock.Advance(TimeSpan.FromDays(31));
        await RunJobAsync();
        Assert.Equal(5, Files(TrackName.Video).Count);
        Assert.Empty(await ActionsAsync());
    }

    [Fact]
    public async Task What_the_bucket_locks_is_no_failure_is_said_and_is_tried_when_the_lock_ends()
    {
        var end = clock.GetUtcNow().AddDays(200);
        bool IsLocked(ObjectVersion version) => clock.GetUtcNow() < end && version.Name.EndsWith(".seal", StringComparison.Ordinal);
        store.Refuses = version => IsLocked(version) ? "AccessDenied: forbidden by object lock" : null;
        store.Locks = version => IsLocked(version) ? new(end, IsHeld: false) : null;
        clock.Advance(TimeSpan.FromDays(91));
        await RunJobAsync();
        var row = await catalogue.ReadAsync(session.Id);
        Assert.Equal((SessionState.Purging, "It counts as deleted, and nobody replays it any more. The bucket’s Object Lock keeps 8 stored versions until 10 June 2027, 10:00 UTC; then they are deleted."), (row.State, row.Detail));
        Assert.Equal(8, Files().Count);

        // not every minute
        var calls = store.Deletes.Count;
        clock.Advance(TimeSpan.FromDays(100));
        await RunJobAsync();
        Assert.Equal(calls, store.Deletes.Count);
        clock.Advance(TimeSpan.FromDays(10));
        await RunJobAsync();
        Assert.Empty(Files());
        Assert.Equal((SessionState.Purged, null), ((await catalogue.ReadAsync(session.Id)).State, (await catalogue.ReadAsync(session.Id)).Detail));
        await using var open = catalogue.Open();
        Assert.Equal(1, await open.Audit.CountAsync(a => a.Action == "session.purge-locked"));
    }

    [Fact]
    public async Task A_store_that_denies_deleting_ends_in_no_certificate_and_lets_others_go_first()
    {
        store.Refuses = _ => "AccessDenied: no";
        clock.Advance(TimeSpan.FromDays(91));
        await RunJobAsync();
        Assert.Equal(SessionState.Purging, (await catalogue.ReadAsync(session.Id)).State);
        Assert.Null(await session.Store.FindAsync(DeletionCertificate.ObjectName(session.Id), default));
        var calls = store.Deletes.Count;
        await RunJobAsync();
        Assert.Equal(calls, store.Deletes.Count);

        store.Refuses = _ => null;
        clock.Advance(TimeSpan.FromMinutes(6));
        await RunJobAsync();
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
        Assert.Equal(12, (await WholeAsync()).Deleted!.Versions); // what was there at the beginning, once
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task What_was_deleted_is_counted_once_also_where_the_answer_was_lost(int call, bool deleted)
    {
        var at = deleted ? store.After : store.Before;
        void Arm(int left) => at["DELETE"] = () => left == 1 ? throw new ObjectStoreException("The answer was lost.") : Task.Run(() => Arm(left - 1));
        Arm(call);
        clock.Advance(TimeSpan.FromDays(91));
        await RunJobAsync();
        Assert.Equal(SessionState.Purging, (await catalogue.ReadAsync(session.Id)).State);
        clock.Advance(TimeSpan.FromMinutes(6));
        await RunJobAsync();
        var certificate = await WholeAsync();
        Assert.Equal((12, 12), (certificate.Deleted!.Objects, certificate.Deleted.Versions));
    }

    [Fact]
    public async Task What_somebody_else_is_at_is_left_to_them_until_they_are_dead()
    {
        clock.Advance(TimeSpan.FromDays(91));
        store.Before["DELETE"] = async () =>
        {
            await using var open = catalogue.Open();
            Assert.Equal(PurgeOutcome.Running, await PurgeScene.Session(open, store, session.ServerKey, clock).RunIfDueAsync(session.Id, "another", default));
            clock.Advance(PurgeObjects.Lease);
            await using var late = catalogue.Open();
            Assert.Equal(PurgeOutcome.Purged, await PurgeScene.Session(late, store, session.ServerKey, clock).RunIfDueAsync(session.Id, "another", default));
        };
        await RunJobAsync();
        Assert.Equal(["session.purge", "session.purged"], await ActionsAsync());
        Assert.Equal("another", (await WholeAsync()).By!.Job);
    }

    [Fact]
    public async Task What_appears_while_it_is_purged_goes_too_and_is_counted()
    {
        store.After["DELETE"] = () => session.Store.PutOnceAsync(TrackObjects.Segment(session.Id, TrackName.Video, 77), new byte[10], default);
        clock.Advance(TimeSpan.FromDays(91));
        await RunJobAsync();
        Assert.Empty(Files());
        Assert.Equal(13, (await WholeAsync()).Deleted!.Versions);
    }

    [Fact]
    public async Task A_store_that_says_deleted_and_lies_is_not_believed()
    {
        var lying = new InterceptedStore(session.Store) { Forgets = true };
        clock.Advance(TimeSpan.FromDays(91));
        await using var open = catalogue.Open();
        await Assert.ThrowsAsync<ObjectStoreException>(() => PurgeScene.Session(open, lying, session.ServerKey, clock).RunIfDueAsync(session.Id, "test", default));
        Assert.Null(await session.Store.FindAsync(DeletionCertificate.ObjectName(session.Id), default));
    }

    private async Task<DeletionCertificate> WholeAsync() =>
        DeletionCertificate.Verify(Encoding.ASCII.GetString((await session.Store.GetAsync(DeletionCertificate.ObjectName(session.Id), 1 << 16, default))!), session.Id).Certificate;

    private async Task<(DeletionCertificate Certificate, PublicSigningKey Signer)> CertificateAsync(string track) =>
        DeletionCertificate.Verify(Encoding.ASCII.GetString((await session.Store.GetAsync(DeletionCertificate.ObjectName(session.Id, track), 1 << 16, default))!), session.Id, track);

    private async Task KeepAsync(TrackName track, DateTimeOffset until)
    {
        await using var open = catalogue.Open();
        (await open.Tracks.SingleAsync(t => t.Session == session.Id && t.Name == track.Value)).KeepUntil = until;
        await open.SaveChangesAsync();
    }

    private async Task<List<string>> ActionsAsync()
    {
        await using var open = catalogue.Open();
        return await open.Audit.OrderBy(a => a.Id).Select(a => a.Action).ToListAsync();
    }

    private List<string> Files(TrackName? track = null)
    {
        var folder = Path.Combine(session.Bucket, "v1", session.Id.ToString(), track?.Value ?? "");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];
    }

    private async Task RunJobAsync()
    {
        await using var open = catalogue.Open();
        await PurgeScene.Job(open, store, session.ServerKey, clock).RunAsync(default);
    }
}
