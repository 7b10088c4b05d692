using System.Diagnostics;

namespace SecureRecorder.Recorder.Capture;

/// <summary>The ffmpeg of this machine, and the programs that it is started through.</summary>
/// <param name="Path">ffmpeg itself.</param>
/// <param name="Prefix">
/// On Linux: <c>setpriv --pdeathsig KILL</c>, so that ffmpeg ends with a recorder that is killed, and <c>setsid</c>, so that a
/// Ctrl-C reaches the recorder alone. Elsewhere, or where they are missing, ffmpeg ends when its pipe breaks.
/// </param>
internal sealed record Ffmpeg(string Path, IReadOnlyList<string> Prefix)
{
    private static readonly TimeSpan RehearsalLimit = TimeSpan.FromSeconds(20);
    private const int KeptLines = 6;

    /// <exception cref="CannotCaptureException">ffmpeg is not installed.</exception>
    public static Ffmpeg Find()
    {
        var path = FindProgram("ffmpeg") ?? throw new CannotCaptureException("ffmpeg is not installed, or not in PATH. On Debian or Ubuntu: apt-get install ffmpeg");
        List<string> prefix = [];
        if (OperatingSystem.IsLinux())
        {
            if (FindProgram("setpriv") is { } setpriv) { prefix.AddRange([setpriv, "--pdeathsig", "KILL", "--"]); }
            if (FindProgram("setsid") is { } setsid) { prefix.Add(setsid); }
        }

        return new(path, prefix);
    }

    /// <summary>How to start it with these arguments: no shell, and nothing of this process's secrets.</summary>
    public ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        string[] command = [.. Prefix, Path, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        start.Environment.Remove("FFREPORT"); // it would write a log file
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        return start;
    }

    /// <summary>
    /// Encodes one made-up frame with the very arguments of the recording, and looks whether the device to capture from is
    /// built in: an ffmpeg that cannot do it shows before a code is used up, and without looking at the screen.
    /// </summary>
    /// <exception cref="CannotCaptureException">It cannot do what a recording needs.</exception>
    public async Task RehearseAsync(CaptureInput input, int framesPerSecond, CancellationToken cancellation)
    {
        var madeUp = new CaptureInput(["-f", "lavfi", "-i", "color=size=64x64:rate=10:duration=0.1"], "", "");
        var (code, said) = await RunAsync(FfmpegArguments.Build(madeUp, framesPerSecond, OperatingSystem.IsWindows() ? "NUL" : "/dev/null"), cancellation);
        if (code != 0)
        {
            throw new CannotCaptureException($"This ffmpeg ({Path}) cannot encode a recording; it needs version 5.1 or later with libx264 and libwebp. It said: {said}");
        }

        var device = input.Arguments[1];
        var (_, help) = await RunAsync(["-hide_banner", "-h", $"demuxer={device}"], cancellation);
        if (help.Contains("Unknown format", StringComparison.Ordinal)) { throw new CannotCaptureException($"This ffmpeg ({Path}) was built without '{device}': it cannot capture this screen."); }
    }

    private async Task<(int Code, string LastLines)> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        await using var process = await FfmpegProcess.StartAsync(StartInfo(arguments));
        try
        {
            var errors = process.Errors.ReadToEndAsync(cancellation);
            await process.Output.CopyToAsync(Stream.Null, cancellation).WaitAsync(RehearsalLimit, cancellation);
            var said = await errors.WaitAsync(RehearsalLimit, cancellation);
            return (await process.ExitCodeAsync(), string.Join(" | ", said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(KeptLines)));
        }
        catch (TimeoutException late)
        {
            throw new CannotCaptureException($"This ffmpeg ({Path}) does not answer within {RehearsalLimit.TotalSeconds} s.", late);
        }
    }

    private static string? FindProgram(string name)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }
}
