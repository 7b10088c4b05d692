using System.Diagnostics;
using System.Globalization;

namespace SecureRecorder.Benchmarks;

/// <summary>Runs another program and says how long it took.</summary>
internal static class TimedProgram
{
    /// <summary>What <c>bash</c> prints of it, on the last line of standard error: elapsed, user and system seconds.</summary>
    private const string Script = "TIMEFORMAT='%3R %3U %3S'; time \"$@\" >/dev/null";

    /// <summary>Runs it to its end; its output goes nowhere.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or failed.</exception>
    public static async Task<Times> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        var (_, errors) = await RunAsync("bash", ["-c", Script, "timed", .. command], environment);
        var times = errors.Trim().Split('\n')[^1].Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToList();
        return new(TimeSpan.FromSeconds(times[0]), TimeSpan.FromSeconds(times[1] + times[2]));
    }

    /// <summary>Runs it and returns what it printed.</summary>
    public static async Task<string> ReadAsync(params string[] command) => (await RunAsync(command[0], command[1..], new Dictionary<string, string>())).Output;

    private static async Task<(string Output, string Errors)> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) { start.Environment[name] = value; }
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? (await output, errors) : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}");
    }
}

/// <summary>Time on the wall, and of the processor (user and system).</summary>
internal sealed record Times(TimeSpan Elapsed, TimeSpan Processor)
{
    /// <summary>Measures a piece of this process.</summary>
    public static async Task<Times> OfAsync(Func<Task> action)
    {
        var (started, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await action();
        return new(Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - before);
    }
}
