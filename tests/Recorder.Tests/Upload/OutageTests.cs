using System.Diagnostics;
using SecureRecorder.Recorder.Upload;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests.Upload;

public sealed class OutageTests
{
    [Fact]
    public async Task The_first_answer_ends_the_waits_of_all()
    {
        var outage = new Outage(TimeProvider.System, _ => { }, TimeSpan.FromHours(1));
        for (var i = 0; i < 4; i++) { await outage.WaitAsync("down", new CancellationToken(canceled: true)).ContinueWith(_ => { }, TaskScheduler.Default); }
        var waits = Enumerable.Range(0, 20).Select(_ => outage.WaitAsync("down", CancellationToken.None)).ToList();
        Assert.DoesNotContain(waits, wait => wait.IsCompleted);
        outage.Over();
        await Task.WhenAll(waits).WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Waits_grow_with_jitter_up_to_a_limit()
    {
        var outage = new Outage(TimeProvider.System, _ => { }, TimeSpan.FromMilliseconds(300));
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 6; i++) { await outage.WaitAsync("down", CancellationToken.None); }
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 6 * 125, 60_000);
        Assert.Equal(6, outage.Failures);
    }

    [Fact]
    public async Task It_is_told_once_that_it_begins_and_once_that_it_is_over()
    {
        List<string?> told = [];
        var outage = new Outage(TimeProvider.System, told.Add, TimeSpan.FromMilliseconds(1));
        outage.Over();
        await outage.WaitAsync("noise", CancellationToken.None);
        outage.Over();
        Assert.Empty(told);
        for (var i = 0; i < 3; i++) { await outage.WaitAsync("down", CancellationToken.None); }
        outage.Over();
        Assert.Equal(["down", null], told);
    }
}
