using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Tests.Access.Entitlements;
using SecureRecorder.Admin.Tests.Chat;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Holds;

/// <summary>C7: withdrawal stops capture, a hold forbids erasing, and the person is told so; and what a session looks like whose track went before it.</summary>
public sealed class HeldErasureTests
{
    [Fact]
    public async Task A_held_recording_is_not_erased_the_person_reads_why_and_it_is_erased_when_the_hold_is_lifted()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        await HoldAsync(scene.Server, scene.Session);
        Assert.Equal("ending", (await scene.Person.PressAsync("withdraw")).Phase); // capture stops all the same
        await scene.FinishAsync();
        var status = await scene.Person.PressAsync("erase");
        Assert.Equal(("over", "It cannot be erased yet", false), (status.Phase, status.Title, status.MayErase));
        Assert.StartsWith("A legal hold forbids erasing now; it will be erased when the hold is lifted.", status.Detail, StringComparison.Ordinal);
        Assert.NotEmpty(Stored(scene));
        Assert.Contains("a legal hold is lifted", await scene.Person.Browser.ReadAsync("/live"), StringComparison.Ordinal);
        await scene.Server.RunJobAsync<PurgeExpired>();
        Assert.NotEmpty(Stored(scene));
        var audit = await scene.Server.InCatalogueAsync(catalogue => catalogue.Audit.Where(a => a.Session == scene.Session && a.Action == "recording.erased").Select(a => a.Detail).SingleAsync());
        Assert.Equal("a legal hold forbids it now: it is erased when the hold is lifted", audit);

        DateTimeOffset? now = scene.Server.Clock.GetUtcNow();
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Holds.ExecuteUpdateAsync(row => row.SetProperty(h => h.LiftedAt, now)));
        await scene.Server.RunJobAsync<PurgeExpired>();
        Assert.Empty(Stored(scene));
        Assert.Equal(SessionState.Purging, (await scene.Server.SessionAsync(scene.Session)).State);
    }

    [Fact]
    public async Task A_session_whose_video_went_before_it_is_replayed_by_its_chat_and_says_when_the_video_went()
    {
        await using var scene = new RightsScene();
        await scene.InitializeAsync();
        var session = await scene.RecordAsync();
        var gone = scene.Server.Clock.GetUtcNow();
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Tracks.Where(t => t.Session == session && t.Name == "video")
            .ExecuteUpdateAsync(row => row.SetProperty(t => t.PurgeBeganAt, gone).SetProperty(t => t.PurgedAt, gone).SetProperty(t => t.Segments, 0).SetProperty(t => t.Size, 0)));
        Assert.Contains($"The track video was deleted on its date, {gone.UtcDateTime:d MMMM yyyy}", await scene.Tina.Browser.ReadAsync($"/sessions/{session}"), StringComparison.Ordinal);
        var replay = (await RightsScene.OpenAsync(scene.Tina.Browser, session))!;
        Assert.Equal(HttpStatusCode.Forbidden, await RightsScene.AskAsync(scene.Tina.Browser, replay, "/video.m3u8"));
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Tina.Browser, replay, "/chat"));
        Assert.DoesNotContain("<video", await scene.Tina.Browser.ReadAsync(replay), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_old_second_factor_nothing_is_placed_and_nothing_lifted()
    {
        await using var scene = new RightsScene(("SignIn:FactorHours", "1"));
        await scene.InitializeAsync();
        var session = await scene.RecordAsync();
        await HoldAsync(scene.Server, session);
        var hold = await scene.Server.InCatalogueAsync(catalogue => catalogue.Holds.Select(h => h.Id).SingleAsync());
        using (var asked = await scene.Tina.Browser.SubmitAsync("/holds", $"/holds/{hold}/lift", ("reason", "Settled"))) { Assert.Equal("/holds", asked.Headers.Location?.ToString()); }
        scene.Server.Clock.Advance(TimeSpan.FromHours(1));
        foreach (var what in (string[])["/holds", $"/holds/{hold}/confirm", $"/holds/{hold}/lift", $"/holds/{hold}/review"])
        {
            using var refused = await scene.Ada.Browser.SubmitAsync("/holds", what, ("Team", $"{scene.Team}"));
            Assert.Equal((what, "/account/confirm?returnUrl=%2Fholds"), (what, refused.Headers.Location?.ToString()));
        }

        Assert.True(await scene.Server.InCatalogueAsync(catalogue => catalogue.IsHeldAsync(session, default)));
        Assert.Equal(1, await scene.Server.InCatalogueAsync(catalogue => catalogue.Holds.CountAsync()));
    }

    private static Task HoldAsync(Server server, Guid session) => server.InCatalogueAsync(catalogue =>
    {
        var now = server.Clock.GetUtcNow();
        catalogue.Holds.Add(new() { Id = Guid.NewGuid(), Session = session, Owner = "ada", PlacedBy = "ada", PlacedAt = now, ReviewAt = now.AddDays(30), Reason = "Case 12" });
        return catalogue.SaveChangesAsync();
    });

    private static List<string> Stored(ChatScene scene)
    {
        var folder = Path.Combine(scene.Server.Data, "bucket", "v1", scene.Session.ToString());
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];
    }
}
