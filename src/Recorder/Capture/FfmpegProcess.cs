using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SecureRecorder.Recorder.Capture;

/// <summary>One running ffmpeg. It is started on a thread that lives as long as it: Linux ends a child with the thread that started it.</summary>
internal sealed partial class FfmpegProcess : IAsyncDisposable
{
    private const int SigInt = 2;

    /// <summary>From the order to stop until it is killed: it only has to write what it holds.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly Task _exited;

    private FfmpegProcess(Process process, Task exited) => (_process, _exited) = (process, exited);

    public Stream Output => _process.StandardOutput.BaseStream;
    public StreamReader Errors => _process.StandardError;
    public int Id => _process.Id;

    /// <exception cref="CannotCaptureException">It cannot be started.</exception>
    public static async Task<FfmpegProcess> StartAsync(ProcessStartInfo start)
    {
        var process = new Process { StartInfo = start };
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception refused) when (refused is Win32Exception or InvalidOperationException)
            {
                started.SetException(new CannotCaptureException($"'{start.FileName}' cannot be started: {refused.Message}", refused));
                return;
            }

            process.WaitForExit();
            exited.SetResult();
        })
        { IsBackground = true, Name = "ffmpeg" }.Start();
        await started.Task;
        if (!OperatingSystem.IsWindows()) { process.StandardInput.Close(); }
        return new(process, exited.Task);
    }

    /// <summary>Asks it to write what it holds and to end; it is killed if it does not. Returns at once.</summary>
    public void Stop()
    {
        if (OperatingSystem.IsWindows())
        {
            try { _process.StandardInput.Write('q'); _process.StandardInput.Flush(); }
            catch (IOException) { } // it has ended
        }
        else if (!_exited.IsCompleted)
        {
            _ = Signal(_process.Id, SigInt); // it fails when ffmpeg ended meanwhile
        }

        _ = KillLaterAsync();
    }

    /// <summary>Waits for its end, which its closed output announces, and returns the exit code. Kills it when it lingers.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await KillLaterAsync();
        await _exited;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _exited;
        _process.Dispose();
    }

    private async Task KillLaterAsync()
    {
        try { await _exited.WaitAsync(StopPatience); }
        catch (TimeoutException) { Kill(); }
    }

    private void Kill()
    {
        if (!_exited.IsCompleted) { _process.Kill(); }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Signal(int process, int signal);
}
