using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>kill -9 in the middle of a session: at most one segment is lost, and the state says the truth.</summary>
public sealed class KilledTests(Chromium chromium)
{
    /// <summary>A server that is back, and hears the page again, before this is never missed: at 10 s without the page the recorder stops, the page speaks every 2 s, and the recorder asks again within 2 s.</summary>
    private static readonly TimeSpan LongestUnheard = TimeSpan.FromSeconds(5);

    /// <summary>Seconds that a crash may cost (FORMAT.md §6), and what the encoder may hold.</summary>
    private const double OneSegment = 5 + 1.5;

    [Fact]
    public async Task A_recorder_that_is_killed_loses_at_most_one_segment_and_the_session_is_partial()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        for (var i = 0; i < 4; i++) { await session.LookLaterAsync(); }
        session.Recorder.Kill();
        var killedAt = TimeProvider.System.GetUtcNow();
        await session.Recorder.WaitForExitAsync(StartedSession.Soon);

        await using var drain = session.Device.Drain();
        Assert.Equal(0, await drain.WaitForExitAsync(StartedSession.Soon)); // all that was left is delivered
        await session.WaitForPersonAsync("over");

        var player = await session.ReplayAsync();
        var description = await player.DescriptionAsync();
        Assert.Equal("Partial", description.GetProperty("state").GetString());
        var lost = (killedAt - description.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds - description.GetProperty("groups").EnumerateArray().Last().GetProperty("end").GetDouble();
        Assert.InRange(lost, 0, OneSegment);
    }

    [Fact]
    public async Task A_server_that_is_killed_and_started_again_loses_nothing()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        await session.LookLaterAsync();
        var killed = TimeProvider.System.GetTimestamp();
        session.Server.Process.Kill();
        await session.Server.Process.WaitForExitAsync(StartedSession.Soon);
        var whileAway = await session.Pattern.LookAsync();
        await session.Server.StartAgainAsync();
        await session.Person.Page.WaitForResponseAsync(answer => answer.Ok && answer.Url.EndsWith("/api/live/heartbeat", StringComparison.Ordinal));
        await session.WaitForPersonAsync("recording");
        var away = TimeProvider.System.GetElapsedTime(killed);
        var after = await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        var exit = await session.Recorder.WaitForExitAsync(StartedSession.Soon);
        await session.WaitForPersonAsync("over");

        var player = await session.ReplayAsync();
        var gaps = (await player.DescriptionAsync()).GetProperty("gaps").EnumerateArray().Select(gap => gap.GetProperty("reason").GetString()).ToList();
        if (away < LongestUnheard || exit == 0)
        {
            Assert.Equal((0, 0), (exit, gaps.Count));
            await StartedSession.ShowsAsync(player, whileAway);
        }
        else
        {
            Assert.Equal((7, "lost"), (exit, Assert.Single(gaps))); // this machine was too slow: nobody knew any more that the person saw the page, so capture stopped, and all of it says so
        }

        await StartedSession.ShowsAsync(player, after);
        Assert.Equal("verified", await player.BadgeAsync());
    }
}
