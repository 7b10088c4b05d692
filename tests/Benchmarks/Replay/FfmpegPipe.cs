using System.Diagnostics;

namespace SecureRecorder.Benchmarks.Replay;

/// <summary>An ffmpeg whose standard output is read.</summary>
internal sealed class FfmpegPipe : IDisposable
{
    private readonly Process _process;

    public FfmpegPipe(params string[] arguments) =>
        _process = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("ffmpeg did not start.");

    public Stream Output => _process.StandardOutput.BaseStream;

    public void Dispose()
    {
        if (!_process.HasExited) { _process.Kill(); }
        _process.Dispose();
    }
}
