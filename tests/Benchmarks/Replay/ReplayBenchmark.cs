using Microsoft.Playwright;
using SecureRecorder.Story.Tests;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Replay;

/// <summary>How long a viewer waits for the first picture of a two-hour recording in a local S3 server (Ceph), and for the picture of a seek.</summary>
internal static class ReplayBenchmark
{
    private const int Rounds = 7;
    private const int Seeks = 100;
    private const double FirstTarget = 1000;
    private const double SeekTarget = 500;
    private static readonly TimeSpan Length = TimeSpan.FromHours(2);

    /// <summary>Notes when the first frame of the page's video is there: milliseconds since the button was pressed that led to the page.</summary>
    private const string WatchFirstFrame = "addEventListener('loadeddata', (event) => { window.firstFrame ??= event.timeStamp; }, true);";

    /// <summary>Milliseconds until the browser has shown the picture of a second; a recording has one at least every second.</summary>
    private const string Seek = """
        (seconds) => new Promise((resolve) => {
          const video = document.querySelector("video");
          const begun = performance.now();
          const look = (now, { mediaTime }) => {
            if (mediaTime > seconds + 0.001 || mediaTime < seconds - 1.5) { video.requestVideoFrameCallback(look); return; }
            resolve(performance.now() - begun);
          };
          video.requestVideoFrameCallback(look);
          video.currentTime = seconds;
        })
        """;

    public static async Task<bool> RunAsync()
    {
        await using var ceph = new CephServer();
        await ceph.StartAsync();
        var server = ceph.Server;
        await using var chromium = new Chromium();
        await chromium.InitializeAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        var (session, _) = await technician.StartSessionAsync();
        using var recording = await LongRecording.WriteAsync(server, session, Length, ceph.Bucket);
        await technician.Page.AddInitScriptAsync(WatchFirstFrame);

        var first = new Samples();
        var cold = await OpenAsync(technician, session);
        for (var round = 0; round < Rounds; round++) { first.Add(await OpenAsync(technician, session)); }
        var (seek, most) = await SeekAsync(technician.Page, recording);

        Console.WriteLine($"A recording of {Length.TotalHours:F0} h in Ceph on this machine: {recording.Segments} segments, {recording.Groups.Count} key-frame groups, {recording.Bytes / 1e6:F0} MB of video");
        Console.WriteLine($"from 'Open the replay' to the first frame   {first,22} ms, medians of {Rounds} rounds (middle half); 95th percentile {first.Percentile95:F0} ms; the first time since the server started: {cold:F0} ms; target {FirstTarget:F0} ms");
        Console.WriteLine($"from a seek to its frame                    {seek,22} ms, medians of {Seeks} seeks; 95th percentile {seek.Percentile95:F0} ms, the worst {seek.Maximum:F0} ms; target {SeekTarget:F0} ms at the 95th percentile; key-frame groups read by one seek: {most} at most");
        return first.Percentile95 <= FirstTarget && cold <= FirstTarget && seek.Percentile95 <= SeekTarget && most == 1;
    }

    private static async Task<double> OpenAsync(TechnicianDevice technician, Guid session)
    {
        await technician.OpenReplayAsync(session);
        await technician.Page.WaitForFunctionAsync("() => window.firstFrame");
        return await technician.Page.EvaluateAsync<double>("() => window.firstFrame");
    }

    /// <summary>Seeks to the middle of groups all over the recording, each one far from what is buffered.</summary>
    /// <returns>Milliseconds, and the most groups that one seek asked the server for.</returns>
    private static async Task<(Samples Milliseconds, int MostGroups)> SeekAsync(IPage page, LongRecording recording)
    {
        var (milliseconds, most, asked) = (new Samples(), 0, 0);
        page.Request += (_, request) => { if (request.Url.EndsWith(".m4s", StringComparison.Ordinal)) { Interlocked.Increment(ref asked); } };
        for (var i = 0; i < Seeks; i++)
        {
            var group = recording.Groups[(i * 37 + 11) % (recording.Groups.Count - 1)];
            Interlocked.Exchange(ref asked, 0);
            milliseconds.Add(await page.EvaluateAsync<double>(Seek, group.Start + (group.End - group.Start) / 2));
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            most = Math.Max(most, Volatile.Read(ref asked));
        }

        return (milliseconds, most);
    }
}
