using System.Diagnostics;
using System.Security.Cryptography;
using SecureRecorder.Benchmarks.Live;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Replay;

/// <summary>Many people who watch at the same moment, each a replay of their own, and what one request for a group costs beyond opening its bytes.</summary>
internal static class ViewersBenchmark
{
    private const int Viewers = 200;
    private const int GroupsEach = 4;
    private const int Requests = 300;
    /// <summary>So many requests first: until then the runtime still compiles what they use, and that is no cost of theirs.</summary>
    private const int WarmUp = 2000;
    private const double TargetMilliseconds = 2;

    /// <summary>The player asks for the next group when so much is left of the last one; what comes later stands still.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Length = TimeSpan.FromHours(2);

    public static async Task<bool> RunAsync()
    {
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?> { ["RateLimits__TriesPerAddress"] = "10000", ["RateLimits__TriesInAll"] = "100000" });
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 10_000 }) { BaseAddress = server.Url };
        var everybody = new Everybody(http, await LiveSessionsBenchmark.SignInAsync(server));
        await everybody.PrepareAsync();
        var (session, _) = await everybody.StartSessionAsync();
        using var recording = await LongRecording.WriteAsync(server, session, Length);
        var viewers = new List<SimulatedViewer>();
        for (var i = 0; i < Viewers; i++) { viewers.Add(await SimulatedViewer.OpenAsync(everybody, session)); }

        Console.WriteLine($"A recording of {Length.TotalHours:F0} h in a folder as the bucket: {recording.Groups.Count} key-frame groups, {recording.Bytes / 1e6:F0} MB of video");
        var met = await MeasureRequestAsync(server, recording, viewers[0]);
        return await PlayAsync(server, recording, viewers) && met;
    }

    private static async Task<bool> MeasureRequestAsync(AdminServer server, LongRecording recording, SimulatedViewer viewer)
    {
        var groups = await viewer.GroupsAsync();
        using var track = await recording.OpenAsync();
        for (var i = 0; i < WarmUp; i++) { await AskAsync(i); await OpenAsync(i); }

        var before = LiveSessionsBenchmark.Processor(server);
        var bytes = 0L;
        for (var i = 0; i < Requests; i++) { bytes += await AskAsync(i); }
        var request = (LiveSessionsBenchmark.Processor(server) - before).TotalMilliseconds / Requests;
        var opening = await Times.OfAsync(async () => { for (var i = 0; i < Requests; i++) { await OpenAsync(i); } });
        var alone = opening.Processor.TotalMilliseconds / Requests;

        Console.WriteLine($"the server's processor time for one group ({bytes / Requests / 1024} KiB): {request:F2} ms; opening its bytes alone: {alone:F2} ms; beyond it: {request - alone:F2} ms; target {TargetMilliseconds:F0} ms");
        return request - alone <= TargetMilliseconds;

        Task<long> AskAsync(int i) => viewer.ReadAsync(groups[i * 37 % groups.Count].First);

        async Task OpenAsync(int i)
        {
            var group = groups[i * 37 % groups.Count];
            var opened = await Task.WhenAll(Enumerable.Range((int)group.First, (int)(group.Last - group.First + 1)).Select(index => track.ReadAsync(index, CancellationToken.None)));
            foreach (var segment in opened) { CryptographicOperations.ZeroMemory(segment); }
        }
    }

    private static async Task<bool> PlayAsync(AdminServer server, LongRecording recording, List<SimulatedViewer> viewers)
    {
        var took = new Samples();
        var (late, begun, before) = (0, Stopwatch.GetTimestamp(), LiveSessionsBenchmark.Processor(server));
        await Task.WhenAll(viewers.Select(async (viewer, i) =>
        {
            var groups = await viewer.GroupsAsync();
            var first = i * 53 % (groups.Count - GroupsEach);
            var length = recording.Groups[first].End - recording.Groups[first].Start;
            await Task.Delay(TimeSpan.FromSeconds(length * i / viewers.Count)); // nobody presses at the same moment as everybody else
            for (var group = first; group < first + GroupsEach; group++)
            {
                var asked = Stopwatch.GetTimestamp();
                await viewer.ReadAsync(groups[group].First);
                var elapsed = Stopwatch.GetElapsedTime(asked);
                lock (took) { took.Add(elapsed.TotalMilliseconds); }
                if (elapsed > Ahead) { Interlocked.Increment(ref late); }
                var left = TimeSpan.FromSeconds(groups[group].End - groups[group].Start) - elapsed;
                if (left > TimeSpan.Zero) { await Task.Delay(left); }
            }
        }));
        var cores = (LiveSessionsBenchmark.Processor(server) - before) / Stopwatch.GetElapsedTime(begun);

        Console.WriteLine($"{viewers.Count} viewers play at the same time, {took.Count} groups in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s");
        Console.WriteLine($"from asking for a group to its last byte   {took,24} ms, median (middle half); 95th percentile {took.Percentile95:F0} ms, the worst {took.Maximum:F0} ms");
        Console.WriteLine($"groups that came too late (after {Ahead.TotalSeconds:F0} s): {late}; target 0; processor of the server {cores:P0} of a core");
        return late == 0;
    }
}
