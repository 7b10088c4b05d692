using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SecureRecorder.Story.Tests;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Live;

/// <summary>Many sessions that are recorded and chat at the same time on one node: what the server needs for them, and how soon a message is read on the other side.</summary>
internal static class LiveSessionsBenchmark
{
    private const int Sessions = 500;
    private const int Messages = 12; // of each session
    private const double TargetMegabytes = 1024;
    private const double TargetMilliseconds = 200;
    private static readonly TimeSpan BetweenMessages = TimeSpan.FromSeconds(5); // of each session: all of them send 100 a second

    public static async Task<bool> RunAsync()
    {
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?>
        {
            ["RateLimits__TriesPerAddress"] = "10000", // everybody comes from one address here
            ["RateLimits__TriesInAll"] = "100000",
        });
        var idle = Resident(server);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 10_000 }) { BaseAddress = server.Url };
        var everybody = new Everybody(http, await SignInAsync(server));
        await everybody.PrepareAsync();

        var sessions = new List<SimulatedSession>();
        using var over = new CancellationTokenSource();
        for (var i = 0; i < Sessions; i++) { sessions.Add(await SimulatedSession.StartAsync(everybody, over.Token)); }

        var latency = new Samples();
        var (begun, before) = (Stopwatch.GetTimestamp(), Processor(server));
        await Task.WhenAll(sessions.Select(async (session, i) =>
        {
            await Task.Delay(BetweenMessages * i / Sessions);
            for (var message = 0; message < Messages; message++)
            {
                var took = await session.SayAsync(fromPerson: message % 2 == 0);
                lock (latency) { latency.Add(took.TotalMilliseconds); }
                await Task.Delay(BetweenMessages);
            }
        }));
        var cores = (Processor(server) - before) / Stopwatch.GetElapsedTime(begun);
        var (resident, peak) = (Resident(server), Resident(server, "VmHWM"));
        var recorded = sessions.Count(session => session.EverythingRecorded);
        await over.CancelAsync();

        Console.WriteLine($"{Sessions} sessions on one node, each with a recorder's control stream, a person's heartbeat and two open chats; {Sessions * Messages} messages, {Sessions / BetweenMessages.TotalSeconds:F0} a second");
        Console.WriteLine($"from sending a message to reading it on the other side   {latency,24} ms, median (middle half); target {TargetMilliseconds:F0} ms");
        Console.WriteLine($"resident memory of the server                            {resident,8:F0} MB ({peak:F0} at most, {idle:F0} before the first session); target {TargetMegabytes:F0} MB");
        Console.WriteLine($"processor of the server                                  {cores,8:P0} of a core; sessions whose messages were all recorded: {recorded}");
        return latency.Median <= TargetMilliseconds && peak <= TargetMegabytes && recorded == Sessions;
    }

    /// <summary>The technician's cookies: the account is set up in a real browser, as anybody does.</summary>
    internal static async Task<string> SignInAsync(AdminServer server)
    {
        await using var chromium = new Chromium();
        await chromium.InitializeAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        var cookies = await technician.Page.Context.CookiesAsync();
        return string.Join("; ", cookies.Select(cookie => $"{cookie.Name}={cookie.Value}"));
    }

    /// <summary>Megabytes, as the kernel counts them.</summary>
    private static double Resident(AdminServer server, string field = "VmRSS")
    {
        var status = File.ReadAllText($"/proc/{server.Process.Id}/status");
        return double.Parse(Regex.Match(status, $@"^{field}:\s+(\d+) kB", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups[1].Value, CultureInfo.InvariantCulture) / 1024;
    }

    internal static TimeSpan Processor(AdminServer server)
    {
        using var process = System.Diagnostics.Process.GetProcessById(server.Process.Id);
        return process.TotalProcessorTime;
    }
}
