using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Exports;

/// <summary>What an export survives, and what it does not: its session's erasure, a dead server, an account that is disabled while it downloads.</summary>
public sealed class ExportLifeTests
{
    [Fact]
    public async Task Dies_with_its_session()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var export = await scene.ReadyAsync();
        Assert.NotEmpty(scene.FilesOf(export));
        await EraseAsync(scene);
        Assert.Empty(scene.FilesOf(export)); // by the erasure itself
        using var refused = await scene.DownloadAsync(export);
        Assert.Equal(HttpStatusCode.Gone, refused.StatusCode);
        await scene.RunJobAsync();
        Assert.Equal(ExportState.Gone, (await scene.ReadAsync(export)).State);
    }

    [Fact]
    public async Task One_that_is_being_built_while_its_session_is_erased_leaves_nothing_and_delays_the_certificate()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        scene.Server.Store.BeforePut = async name =>
        {
            if (name.Contains("/export-", StringComparison.Ordinal) && name.EndsWith(".seal", StringComparison.Ordinal)) { reached.TrySetResult(); await goOn.Task; }
        };
        var export = await scene.StartedAsync();
        await reached.Task.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        Assert.NotEqual(PurgeOutcome.Purged, await EraseAsync(scene));
        goOn.SetResult();
        await scene.WaitForAsync(export, ExportState.Failed);
        await Eventually.CompleteAsync(async () => (await scene.ReadAsync(export)).Stored ? "It is still stored." : null);
        Assert.Empty(scene.FilesOf(export));
        Assert.Equal(PurgeOutcome.Purged, await EraseAsync(scene));
    }

    [Fact]
    public async Task A_server_that_was_killed_leaves_nothing_readable_and_it_can_be_asked_for_again()
    {
        await using var scene = await ExportScene.RecordedAsync();
        scene.Server.Configure("Exports:Allowed", "false"); // nobody builds it now
        await scene.Server.StartAgainAsync();
        var (export, now) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow());
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            catalogue.Exports.Add(new()
            {
                Id = export, Session = scene.Session, Requester = Technician.UserName, Purpose = ExportScene.Purpose, RequestedAt = now, Tracks = "video chat",
                State = ExportState.Building, Builder = Guid.NewGuid(), LeaseUntil = now.AddMinutes(1), Stored = true,
            });
            return catalogue.SaveChangesAsync();
        });
        await scene.Server.Store.PutOnceAsync(TrackObjects.NameOf(scene.Session, ExportTrack.Of(export), TrackObjects.KeyFile), "a key"u8.ToArray(), default);
        await scene.Server.Store.PutOnceAsync(TrackObjects.Segment(scene.Session, ExportTrack.Of(export), 0), "a part"u8.ToArray(), default);

        await scene.RunJobAsync();
        Assert.Equal(ExportState.Building, (await scene.ReadAsync(export)).State); // it may live
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await scene.RunJobAsync();
        Assert.Equal(ExportState.Failed, (await scene.ReadAsync(export)).State);
        Assert.Empty(scene.FilesOf(export));
        Assert.Equal("server export.failed failed", Assert.Single(await scene.AuditAsync()));

        scene.Server.Configure("Exports:Allowed", "true");
        await scene.Server.StartAgainAsync();
        using (var refused = await scene.DownloadAsync(export)) { Assert.Equal(HttpStatusCode.Gone, refused.StatusCode); }
        Assert.Contains("README.txt", (await scene.UnzippedAsync(await scene.ReadyAsync())).Keys);
    }

    [Fact]
    public async Task A_server_that_is_stopped_gives_it_up_at_once()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var (reached, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        scene.Server.Store.BeforePut = async name =>
        {
            if (!name.Contains("/export-", StringComparison.Ordinal) || !name.EndsWith(".seal", StringComparison.Ordinal)) { return; }
            reached.TrySetResult();
            await never.Task;
        };
        var export = await scene.StartedAsync();
        await reached.Task.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        var stopping = scene.Server.StartAgainAsync();
        never.SetException(new OperationCanceledException());
        await stopping;
        Assert.Equal(ExportState.Failed, (await scene.ReadAsync(export)).State);
        Assert.Empty(scene.FilesOf(export));
    }

    [Fact]
    public async Task A_video_that_is_none_fails_in_words_and_leaves_nothing()
    {
        await using var scene = await ExportScene.RecordedAsync(null, [.. Enumerable.Range(0, 4).Select(i => Encoding.ASCII.GetBytes($"This is no video, part {i}. #EXTM3U file:///etc/passwd"))]);
        var export = await scene.StartedAsync();
        await scene.WaitForAsync(export, ExportState.Failed);
        await Eventually.CompleteAsync(async () => (await scene.ReadAsync(export)).Stored ? "It is still stored." : null);
        Assert.Contains("ffmpeg made no video of it", (await scene.ReadAsync(export)).Detail, StringComparison.Ordinal);
        Assert.Empty(scene.FilesOf(export));
        Assert.Contains("server export.failed failed", await scene.AuditAsync());
    }

    [Fact]
    public async Task A_bucket_that_is_not_private_gets_no_export()
    {
        await using var scene = await ExportScene.RecordedAsync();
        scene.Server.Store.Verdict = Storage.Objects.StrangerVerdict.Public;
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        var export = await scene.StartedAsync();
        await scene.WaitForAsync(export, ExportState.Failed);
        Assert.Empty(scene.FilesOf(export));
    }

    [Fact]
    public async Task An_account_that_is_disabled_while_it_downloads_does_not_get_the_rest()
    {
        await using var scene = await ExportScene.RecordedAsync(null, await EncodedVideo.EncodeAsync("nullsrc=size=1280x720:rate=10,geq=random(1)*255:128:128", "6"));
        var export = await scene.ReadyAsync();
        var size = (await scene.ReadAsync(export)).Size;
        Assert.True(size > 20 << 20, $"It has only {size} bytes: all of it would be on its way at once.");

        var token = await scene.Technician.Browser.TokenAsync("/account");
        using var answer = await scene.Technician.Browser.StreamAsync(new(HttpMethod.Post, $"/exports/{export}/download")
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]),
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(size, answer.Content.Headers.ContentLength);
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await body.ReadExactlyAsync(new byte[100], TestContext.Current.CancellationToken);

        await scene.Server.InAccountsAsync(accounts => accounts.Users.ExecuteUpdateAsync(row => row.SetProperty(account => account.DisabledAt, scene.Server.Clock.GetUtcNow().ToUnixTimeMilliseconds())));
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null));
        await Eventually.CompleteAsync(async () => (await scene.AuditAsync())[^1] == "tina export.download refused" ? null : "The end of it is not in the trail.");
    }

    /// <summary>Its time is over, and the purge runs.</summary>
    private static async Task<PurgeOutcome> EraseAsync(ExportScene scene)
    {
        var past = scene.Server.Clock.GetUtcNow().AddDays(-1);
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Sessions.Where(s => s.Id == scene.Session)
            .ExecuteUpdateAsync(row => row.SetProperty(s => s.KeepUntil, past).SetProperty(s => s.EndedAt, past)));
        await using var scope = scene.Server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<PurgeSession>().RunIfDueAsync(scene.Session, "test", default);
    }
}
