using System.Text;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Tests.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Purge;

/// <summary>T2: nothing early, keys first, everything, proven, and the same end however often it is begun.</summary>
public sealed class PurgeSessionTests : IAsyncLifetime
{
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await catalogue.AddAsync(session, clock.GetUtcNow(), SessionState.Recorded);
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1], [2]));
        await catalogue.ChangeAsync(session.Id, row =>
        {
            row.Ticket = "Ticket 4711";
            row.Label = "Payroll";
            row.EndedAt = clock.GetUtcNow();
            row.KeepUntil = clock.GetUtcNow().AddDays(90);
        });
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Nothing_is_deleted_before_its_time()
    {
        clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        Assert.Equal(PurgeOutcome.NotDue, await PurgeAsync());
        await RunJobAsync();
        Assert.Equal(SessionState.Recorded, (await catalogue.ReadAsync(session.Id)).State);
        Assert.NotEmpty(FilesBelow());
    }

    [Theory]
    [InlineData(SessionState.Ready)]
    [InlineData(SessionState.Recording)]
    [InlineData(SessionState.Paused)]
    [InlineData(SessionState.Ending)]
    public async Task A_session_that_is_not_over_is_not_deleted(SessionState state)
    {
        await catalogue.ChangeAsync(session.Id, row => row.State = state);
        clock.Advance(TimeSpan.FromDays(91));
        Assert.Equal(PurgeOutcome.NotDue, await PurgeAsync());
        await RunJobAsync();
        Assert.NotEmpty(FilesBelow());
    }

    [Fact]
    public async Task A_session_without_a_date_is_kept()
    {
        await catalogue.ChangeAsync(session.Id, row => row.KeepUntil = null);
        clock.Advance(TimeSpan.FromDays(9000));
        await RunJobAsync();
        Assert.NotEmpty(FilesBelow());
    }

    [Fact]
    public async Task What_has_expired_is_deleted_and_a_certificate_of_the_server_says_so()
    {
        clock.Advance(TimeSpan.FromDays(91));
        await RunJobAsync();

        Assert.Empty(FilesBelow());
        var (certificate, signer) = await CertificateAsync();
        Assert.Equal((session.Id, DeletionReason.Expired, clock.GetUtcNow()), (certificate.Session, certificate.Reason, certificate.At));
        Assert.Equal(["consent", "video"], certificate.Tracks.Select(track => track.Track));
        Assert.Equal(3, certificate.Tracks[1].Segments);
        Assert.Equal(session.ServerKey.Public.Thumbprint, signer.Thumbprint);
        var tombstone = await catalogue.ReadAsync(session.Id);
        Assert.Equal(SessionState.Purged, tombstone.State);
        Assert.Equal([null, null, null, null], new object?[] { tombstone.Ticket, tombstone.Label, tombstone.ConsentDigest, tombstone.RecorderKey });
        Assert.Empty(tombstone.Tracks);
    }

    [Fact]
    public async Task Keys_and_objects_go_at_once_and_the_certificate_follows_when_no_address_works_any_more()
    {
        await catalogue.ChangeAsync(session.Id, row => { row.KeepUntil = clock.GetUtcNow(); row.End = TrackEnd.Withdrawn; });
        Assert.Equal(PurgeOutcome.Destroyed, await PurgeAsync());
        Assert.Empty(FilesBelow());
        Assert.Equal(SessionState.Purging, (await catalogue.ReadAsync(session.Id)).State);

        // A recorder that still held an address puts once more: that goes too, before anything is certified.
        await session.Store.PutOnceAsync(TrackObjects.Segment(session.Id, TrackName.Video, 7), new byte[10], default);
        clock.Advance(PurgeSteps.AddressesAreDead);
        await RunJobAsync();
        Assert.Empty(FilesBelow());
        Assert.Equal(DeletionReason.Withdrawn, (await CertificateAsync()).Certificate.Reason);
    }

    [Fact]
    public async Task Killed_at_any_point_it_ends_the_same()
    {
        clock.Advance(TimeSpan.FromDays(91));
        await catalogue.ChangeAsync(session.Id, row => row.State = SessionState.Purging); // begun, nothing deleted yet
        File.Delete(session.FileOf(TrackName.Video, TrackObjects.KeyFile)); // the keys gone, the rest not
        Assert.Equal(PurgeOutcome.Purged, await PurgeAsync());
        await catalogue.ChangeAsync(session.Id, row => row.State = SessionState.Purging); // certified, and the row not written yet
        Assert.Equal(PurgeOutcome.Purged, await PurgeAsync());
        Assert.Equal(PurgeOutcome.Purged, await PurgeAsync());
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
        await CertificateAsync();
    }

    [Fact]
    public async Task Another_session_in_the_bucket_is_left_alone()
    {
        using var other = await WrittenSession.InAsync(session.Folder, Guid.CreateVersion7(clock.GetUtcNow()));
        clock.Advance(TimeSpan.FromDays(91));
        await RunJobAsync();
        Assert.NotNull(await other.Store.FindAsync(TrackObjects.Segment(other.Id, TrackName.Consent, 0), default));
    }

    private List<string> FilesBelow()
    {
        var folder = Path.Combine(session.Bucket, "v1", session.Id.ToString());
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];
    }

    private async Task<(DeletionCertificate Certificate, PublicSigningKey Signer)> CertificateAsync()
    {
        var bytes = await session.Store.GetAsync(DeletionCertificate.ObjectName(session.Id), 1 << 16, default);
        Assert.NotNull(bytes);
        return DeletionCertificate.Verify(Encoding.ASCII.GetString(bytes), session.Id);
    }

    private async Task<PurgeOutcome> PurgeAsync()
    {
        await using var open = catalogue.Open();
        return await new PurgeSession(open, StepsOf(open), clock).RunIfDueAsync(session.Id, "test", default);
    }

    private async Task RunJobAsync()
    {
        await using var open = catalogue.Open();
        await PurgeScene.Job(open, session.Store, session.ServerKey, clock).RunAsync(default);
    }

    private PurgeSteps StepsOf(CatalogueDb open) => PurgeScene.Steps(open, session.Store, session.ServerKey, clock);
}
