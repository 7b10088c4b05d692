using System.Net;
using SecureRecorder.Admin.Tests.Chat;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;
using Microsoft.Extensions.DependencyInjection;

namespace SecureRecorder.Admin.Tests.Live;

/// <summary>C7: withdrawing stops at once, and what was stored is kept or erased as the person says.</summary>
public sealed class WithdrawTests : IAsyncLifetime
{
    private ChatScene scene = null!;

    public async ValueTask InitializeAsync()
    {
        scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
    }

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task The_recorder_is_told_to_stop_and_to_discard_and_what_was_said_last_is_not_sealed()
    {
        await scene.PersonSaysAsync("not sealed yet");
        var status = await scene.Person.PressAsync("withdraw");
        Assert.Equal(("ending", true, false), (status.Phase, status.MayErase, status.MayPause));
        Assert.Equal(TrackEnd.Withdrawn, (await scene.Control!.NextAsync(ControlPhase.End)).Reason);
        Assert.Equal("recorded", await scene.FinishAsync());
        var over = await scene.Person.BeatAsync();
        Assert.Equal(("over", status.Title), (over.Phase, over.Title)); // however fast the recording was finished: who withdrew reads that they did
        Assert.Contains("is stored", over.Detail, StringComparison.Ordinal);
        Assert.False(scene.HasChatTrack);
        Assert.Equal(TrackEnd.Withdrawn, (await scene.Server.SessionAsync(scene.Session)).End);
        Assert.NotEmpty(Stored()); // keeping is what happens if the person does nothing
    }

    [Fact]
    public async Task Erasing_while_the_recorder_still_finishes_deletes_as_soon_as_it_has()
    {
        await scene.Person.PressAsync("withdraw");
        await scene.Person.PressAsync("erase");
        Assert.NotEmpty(Stored());
        await scene.FinishAsync();
        Assert.Empty(Stored());
        await AssertCertifiedAsync();
    }

    [Fact]
    public async Task Erasing_a_recording_that_is_over_destroys_it_at_once_and_its_replay_with_it()
    {
        await scene.FinishAsync();
        var replay = $"/sessions/{scene.Session}/replay";
        using var opened = await scene.Technician.Browser.SubmitAsync(replay, replay, ("purpose", "Quality assurance"));
        var grant = opened.Headers.Location!.ToString().Split('/')[^1];
        Assert.Equal(HttpStatusCode.OK, (await scene.Technician.Browser.GetAsync($"/api/replay/{grant}/video.m3u8")).StatusCode);
        Assert.True((await scene.Person.BeatAsync()).MayErase);

        var status = await scene.Person.PressAsync("erase");
        Assert.Equal(("over", false), (status.Phase, status.MayErase));
        Assert.Contains("erased", status.Title, StringComparison.Ordinal);
        Assert.Empty(Stored());
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Technician.Browser.GetAsync($"/api/replay/{grant}/video.m3u8")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Technician.Browser.GetAsync(replay)).StatusCode);
        Assert.Contains("Being deleted", await scene.Technician.Browser.ReadAsync($"/sessions/{scene.Session}"), StringComparison.Ordinal);
        await AssertCertifiedAsync();
        Assert.Contains("erased", await scene.Person.Browser.ReadAsync("/live"), StringComparison.Ordinal); // also after going back
        Assert.False((await scene.Person.PressAsync("erase")).MayErase);
    }

    [Fact]
    public async Task While_the_bucket_is_away_it_counts_as_gone_and_the_job_goes_on()
    {
        await scene.FinishAsync();
        scene.Server.Store.IsDown = true;
        await scene.Person.PressAsync("erase");
        Assert.Equal(SessionState.Purging, (await scene.Server.SessionAsync(scene.Session)).State);
        scene.Server.Store.IsDown = false;
        await scene.Server.RunJobAsync<PurgeExpired>();
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task Only_the_person_can_withdraw_or_erase()
    {
        await scene.FinishAsync();
        foreach (var action in new[] { "withdraw", "erase" })
        {
            using var refused = await scene.Technician.Browser.ScriptAsync(HttpMethod.Post, $"/api/live/{action}");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal(SessionState.Recorded, (await scene.Server.SessionAsync(scene.Session)).State);
        Assert.NotEmpty(Stored());
    }

    private List<string> Stored()
    {
        var folder = Path.Combine(scene.Server.Data, "bucket", "v1", scene.Session.ToString());
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];
    }

    /// <summary>When no upload address can work any more, the job certifies.</summary>
    private async Task AssertCertifiedAsync()
    {
        Assert.Null(await scene.Server.Store.FindAsync(DeletionCertificate.ObjectName(scene.Session), default));
        scene.Server.Clock.Advance(PurgeSteps.AddressesAreDead);
        await scene.Server.RunJobAsync<PurgeExpired>();
        var bytes = await scene.Server.Store.GetAsync(DeletionCertificate.ObjectName(scene.Session), 1 << 16, default);
        var (certificate, signer) = DeletionCertificate.Verify(System.Text.Encoding.ASCII.GetString(bytes!), scene.Session);
        Assert.Equal((DeletionReason.Withdrawn, scene.Recorder.Joined.ServerKey.Thumbprint), (certificate.Reason, signer.Thumbprint));
        Assert.Equal(SessionState.Purged, (await scene.Server.SessionAsync(scene.Session)).State);
    }
}
