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

    /// <summary>Encodes one made-up frame with the very arguments of the recording: an ffmpeg that is too old or lacks an encoder shows before a code is used up.</summary>
    /// <exception cref="CannotCaptureException">It cannot do what a recording needs.</exception>
    public async Task RehearseAsync(int framesPerSecond, CancellationToken cancellation)
    {
        var madeUp = new CaptureInput(["-f", "lavfi", "-i", "color=size=64x64:rate=10:duration=0.1"], "", "");
        using var process = Process.Start(StartInfo(FfmpegArguments.Build(madeUp, framesPerSecond, OperatingSystem.IsWindows() ? "NUL" : "/dev/null")))!;
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellation).WaitAsync(RehearsalLimit, cancellation);
            await process.WaitForExitAsync(cancellation).WaitAsync(RehearsalLimit, cancellation);
            if (process.ExitCode != 0)
            {
                var said = string.Join(" | ", (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(KeptLines));
                throw new CannotCaptureException($"This ffmpeg ({Path}) cannot encode a recording; it needs version 5.1 or later with libx264 and libwebp. It said: {said}");
            }
        }
        finally
        {
            if (!process.HasExited) { process.Kill(); }
        }
    }

    private static string? FindProgram(string name)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }
}
