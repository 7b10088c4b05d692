using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>What was altered in the bucket is not played, and the page says which part and why.</summary>
public sealed class AlteredReplayTests(Chromium chromium)
{
    [Fact]
    public async Task An_altered_segment_is_not_played_and_the_page_names_it_and_the_rest_plays()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        await session.LookLaterAsync();
        await session.Person.PressAsync("Pause"); // the next group of segments starts after it
        await session.WaitForPersonAsync("paused");
        await session.Person.PressAsync("Resume");
        await session.WaitForPersonAsync("recording");
        var second = await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));

        var segment = Path.Combine(session.Server.Data, $"bucket/v1/{session.Id}/video/00000001.seal");
        var content = await File.ReadAllBytesAsync(segment);
        content[^20] ^= 1;
        File.Delete(segment);
        await File.WriteAllBytesAsync(segment, content);

        await session.Technician.OpenReplayAsync(session.Id);
        var player = new ReplayPlayer(session.Technician.Page);
        await player.WaitForBadgeAsync("altered");
        await session.Technician.Page.GetByText("Segment 1 of track 'video'").WaitForAsync();
        await Chromium.ShowAsync(session.Technician.Page, "replay-altered");
        await player.WaitForPictureAsync();
        await StartedSession.ShowsAsync(player, second);
    }

    [Fact]
    public async Task A_replay_is_nobody_else_s_and_a_purpose_that_is_not_on_the_list_opens_nothing()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        await session.Recorder.WaitForExitAsync(StartedSession.Soon);
        await session.ReplayAsync();
        var api = new Uri(session.Server.Url, await session.Technician.Page.Locator("#replay").GetAttributeAsync("data-api")!);

        // A stranger, and the recorded person, get nothing; nor does anyone find it in a cache.
        using var stranger = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await stranger.GetAsync(new Uri(api + "/video.m3u8"))).StatusCode);
        var asPerson = await session.Person.Page.EvaluateAsync<int>("async (url) => (await fetch(url)).status", api + "/video/init.mp4");
        Assert.Equal(401, asPerson);
        var caching = await session.Technician.Page.EvaluateAsync<string>("async (url) => (await fetch(url)).headers.get('cache-control')", api + "/video/init.mp4");
        Assert.Equal("no-store", caching);

        var refused = await session.Technician.Page.EvaluateAsync<int>("""
            async (id) => {
              const page = new DOMParser().parseFromString(await (await fetch(`/sessions/${id}/replay`)).text(), "text/html");
              const form = new FormData(page.querySelector(`form[action="/sessions/${id}/replay"]`));
              form.set("purpose", "Curiosity");
              return (await fetch(`/sessions/${id}/replay`, { method: "POST", body: new URLSearchParams(form) })).status;
            }
            """, session.Id.ToString());
        Assert.Equal(422, refused);

        // The person sees later, without an account, that it was watched, and for what.
        var receipt = await session.Person.Page.EvaluateAsync<string>("async () => (await (await fetch('/consent/receipt')).json()).page");
        var later = await chromium.NewDeviceAsync(390, 844);
        await later.GotoAsync(receipt);
        await later.GetByText("Purpose: Quality assurance").WaitForAsync();
        Assert.DoesNotContain("Curiosity", await later.ContentAsync(), StringComparison.Ordinal);
        await Chromium.ShowAsync(later, "receipt-phone");
        await later.Context.CloseAsync();
    }
}
