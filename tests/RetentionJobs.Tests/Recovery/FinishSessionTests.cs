using System.Text;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Recovery;

/// <summary>A session's state says what is true.</summary>
public sealed class FinishSessionTests : IAsyncLifetime
{
    private static readonly byte[][] Video = [[0], [1], [2], [3]];
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await catalogue.AddAsync(session, clock.GetUtcNow());
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Recorded_when_the_recorder_signed_every_track()
    {
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, Video));

        Assert.Equal(SessionState.Recorded, await FinishAsync(TrackEnd.Ended, "video"));
        Assert.Equal(0, await catalogue.CommitsAsync());
        await VerifiesAsync(TrackName.Video);
        await VerifiesAsync(TrackName.Consent);
    }

    [Fact]
    public async Task Partial_when_a_stretch_was_lost()
    {
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, Video), new Gap(3, 4, GapReason.Lost));
        Assert.Equal(SessionState.Partial, await FinishAsync(TrackEnd.Ended, "video"));
    }

    [Fact]
    public async Task Recorded_when_the_person_paused()
    {
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, Video), new Gap(3, 4, GapReason.PausedByPerson));
        Assert.Equal(SessionState.Recorded, await FinishAsync(TrackEnd.Ended, "video"));
    }

    [Fact]
    public async Task Partial_and_signed_by_the_server_when_the_recorder_never_came_back()
    {
        var segments = await session.WriteTrackAsync(TrackName.Video, manifest: false, Video);
        await catalogue.CommitAsync(session, TrackName.Video, segments);

        Assert.Equal(SessionState.Partial, await FinishAsync(TrackEnd.Recovered));
        using var track = await session.Reader.OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, [session.ServerKey.Public.Thumbprint], null, default);
        Assert.Equal(TrackEnd.Recovered, track.Manifest?.End);
        Assert.Equal(Manifest.ServerWriter, track.Manifest?.Writer);
        Assert.Equal(segments, track.Segments);
        await VerifiesAsync(TrackName.Video);
    }

    [Fact]
    public async Task Partial_also_when_the_server_was_killed_after_it_had_signed()
    {
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: false, Video));
        Assert.Equal(SessionState.Partial, await FinishAsync(TrackEnd.Recovered));

        using var before = new RecordedCatalogue(); // the catalogue as it was before the first run saved anything
        await before.AddAsync(session, clock.GetUtcNow());
        await before.CommitAsync(session, TrackName.Video, await CommittedAsync());
        await using var db = before.Open();
        var outcome = await new FinishSession(db, session.Locations, session.ServerKey, clock).RunAsync(session.Id, TrackEnd.Recovered, [], default);
        Assert.Equal(SessionState.Partial, Assert.IsType<FinishSession.Outcome.Finished>(outcome).State);
    }

    [Fact]
    public async Task Failed_when_nothing_was_stored()
    {
        Assert.Equal(SessionState.Failed, await FinishAsync(TrackEnd.Recovered));
        await VerifiesAsync(TrackName.Consent);
    }

    [Fact]
    public async Task Lost_when_a_committed_segment_is_not_in_the_bucket()
    {
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: false, Video));
        File.Delete(session.FileOf(TrackName.Video, TrackObjects.SegmentName(2)));

        Assert.Equal(SessionState.Lost, await FinishAsync(TrackEnd.Recovered));
        using var track = await session.Reader.OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, default);
        Assert.Equal(2, track.Segments.Count); // what is whole is signed and stays readable
        await VerifiesAsync(TrackName.Video);
    }

    [Fact]
    public async Task Lost_when_the_manifest_is_another_key_s()
    {
        using var stranger = SigningKey.Create();
        var segments = await session.WriteTrackAsync(TrackName.Video, manifest: true, Video);
        await catalogue.CommitAsync(session, TrackName.Video, segments);
        await session.DamageAsync(TrackName.Video, TrackObjects.Manifest, _ => Encoding.ASCII.GetBytes(Manifest.Of(
            session.Id, TrackName.Video, Manifest.RecorderWriter, WrittenSession.Region, "video/mp4", session.ConsentDigest,
            clock.GetUtcNow(), clock.GetUtcNow(), TrackEnd.Ended, segments, []).Sign(stranger)));

        Assert.Equal(SessionState.Lost, await FinishAsync(TrackEnd.Ended, "video"));
    }

    [Fact]
    public async Task Refused_while_a_manifest_that_the_recorder_claims_is_not_there_and_nothing_changes()
    {
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: false, Video));
        await using var db = catalogue.Open();
        var outcome = await new FinishSession(db, session.Locations, session.ServerKey, clock).RunAsync(session.Id, TrackEnd.Ended, ["video"], default);

        Assert.Contains("'video'", Assert.IsType<FinishSession.Outcome.Refused>(outcome).Why, StringComparison.Ordinal);
        Assert.Equal(SessionState.Recording, (await catalogue.ReadAsync(session.Id)).State);
        Assert.False(File.Exists(session.FileOf(TrackName.Video, TrackObjects.Manifest)));
    }

    [Fact]
    public async Task Finishing_twice_changes_nothing()
    {
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, Video));
        await FinishAsync(TrackEnd.Ended, "video");
        var first = await catalogue.ReadAsync(session.Id);
        Assert.Equal(SessionState.Recorded, await FinishAsync(TrackEnd.Recovered));
        Assert.Equal(first.Version, (await catalogue.ReadAsync(session.Id)).Version);
    }

    private async Task<SessionState> FinishAsync(string end, params string[] claimed)
    {
        await using var db = catalogue.Open();
        var outcome = await new FinishSession(db, session.Locations, session.ServerKey, clock).RunAsync(session.Id, end, claimed, default);
        var state = Assert.IsType<FinishSession.Outcome.Finished>(outcome).State;
        Assert.Equal(state, (await catalogue.ReadAsync(session.Id)).State);
        return state;
    }

    private async Task<IReadOnlyList<ManifestSegment>> CommittedAsync()
    {
        using var track = await session.Reader.OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, default);
        return track.Segments;
    }

    private async Task VerifiesAsync(TrackName track)
    {
        using var open = await session.Reader.OpenAsync(session.Id, track, track == TrackName.Consent ? default(ReadOnlyMemory<byte>) : session.ConsentDigest, null, null, default);
        Assert.Equal(TrackStatus.Verified, (await open.VerifyAsync(null, default)).Status);
    }
}
