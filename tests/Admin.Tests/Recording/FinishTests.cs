using System.Net;
using System.Net.Http.Json;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.Recovery;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Recording;

/// <summary>The end of a recording: the state says what is true.</summary>
public sealed class FinishTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician technician = null!;
    private Person person = null!;
    private TestRecorder recorder = null!;
    private TrackWriter video = null!;
    private Guid session;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        technician = await Technician.SignInAsync(server);
        (session, var code) = await technician.StartSessionAsync();
        recorder = await TestRecorder.JoinAsync(server, code);
        person = await Person.JoinAsync(server, code);
        video = recorder.Write(await person.AllowAsync());
    }

    public async ValueTask DisposeAsync()
    {
        video.Dispose();
        recorder.Dispose();
        person.Dispose();
        technician.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Recorded_when_the_manifest_is_the_recorders_and_matches_the_commits()
    {
        await CommitAsync(4);
        await PutManifestAsync();
        Assert.Equal("recorded", await FinishAsync(new FinishedTrack("video", 4, Manifest: true)));
        Assert.Equal("recorded", await FinishAsync(new FinishedTrack("video", 4, Manifest: true))); // the answer was lost: asked again
        Assert.NotNull(await server.Store.FindAsync(TrackObjects.NameOf(session, TrackName.Consent, TrackObjects.Manifest), default));
        Assert.Equal("over", (await person.BeatAsync()).Phase);
    }

    [Fact]
    public async Task Partial_when_the_recorder_could_not_sign_the_manifest()
    {
        await CommitAsync(3);
        Assert.Equal("partial", await FinishAsync(new FinishedTrack("video", 3, Manifest: false)));
        var bytes = await server.Store.GetAsync(TrackObjects.NameOf(session, TrackName.Video, TrackObjects.Manifest), 1 << 20, default);
        var (manifest, signer) = Manifest.Verify(System.Text.Encoding.ASCII.GetString(bytes!), session, TrackName.Video);
        Assert.Equal((TrackEnd.Recovered, Manifest.ServerWriter, 3), (manifest.End, manifest.Writer, manifest.Segments.Count));
        Assert.Equal(recorder.Joined.ServerKey.Thumbprint, signer.Thumbprint);
    }

    [Fact]
    public async Task A_manifest_that_is_claimed_and_missing_is_refused()
    {
        await CommitAsync(2);
        using var refused = await recorder.FinishAsync(TrackEnd.Ended, new FinishedTrack("video", 2, Manifest: true));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.False((await server.SessionAsync(session)).State is SessionState.Recorded or SessionState.Partial);
    }

    [Fact]
    public async Task More_segments_than_are_committed_are_refused_with_what_is_expected()
    {
        await CommitAsync(2);
        var problem = await CommitTests.AssertProblemAsync(await recorder.FinishAsync(TrackEnd.Ended, new FinishedTrack("video", 5, Manifest: true)), HttpStatusCode.Conflict, "Not everything is committed.");
        Assert.Equal(2, problem.GetProperty("expected").GetInt64());
    }

    [Fact]
    public async Task Failed_when_nothing_was_stored() => Assert.Equal("failed", await FinishAsync());

    [Fact]
    public async Task Nothing_is_taken_after_the_end()
    {
        await CommitAsync(2);
        await PutManifestAsync();
        await FinishAsync(new FinishedTrack("video", 2, Manifest: true));
        Assert.Equal(HttpStatusCode.Conflict, (await recorder.AskAddressesAsync("video", "00000002.seal")).StatusCode);
        await using var control = await recorder.ListenAsync();
        await control.NextAsync(ControlPhase.Closed);
    }

    [Fact]
    public async Task A_bucket_that_is_away_delays_commits_and_loses_nothing()
    {
        var made = await recorder.RecordAsync(video, 3);
        server.Store.IsDown = true;
        using var away = await recorder.CommitAsync(TestRecorder.CommitOf(video, made));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
        server.Store.IsDown = false;
        using var back = await recorder.CommitAsync(TestRecorder.CommitOf(video, made));
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task A_recorder_that_never_comes_back_is_finished_by_the_server()
    {
        await CommitAsync(3);
        server.Clock.Advance(TimeSpan.FromMinutes(2.5));
        await server.Services.GetRequiredService<KeepNode>().BeatAsync(default); // it is there, whatever the clock did
        await server.RunJobAsync<FinishAbandonedSessions>();
        await server.WaitForAsync(session, SessionState.Partial);
        await using var control = await recorder.ListenAsync();
        await control.NextAsync(ControlPhase.Closed);
    }

    private async Task CommitAsync(int segments)
    {
        using var answer = await recorder.CommitAsync(TestRecorder.CommitOf(video, await recorder.RecordAsync(video, segments)));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private Task PutManifestAsync() => recorder.PutAsync("video", TrackObjects.Manifest, video.SignManifest(
        Manifest.RecorderWriter, recorder.Joined.Region, TestRecorder.VideoType, DateTimeOffset.UnixEpoch.AddYears(56), DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(15), TrackEnd.Ended, []));

    private async Task<string> FinishAsync(params FinishedTrack[] tracks)
    {
        using var answer = await recorder.FinishAsync(TrackEnd.Ended, tracks);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(RecordingJson.Default.FinishAnswer))!.State;
    }
}
