using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace SecureRecorder.TestServers;

/// <summary>A program that a test starts, watches by its output and ends by its process id (never by name).</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigTerm = 15;
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly Lock gate = new();
    private readonly Task exited;
    private TaskCompletionSource changed = NewSignal();
    private int openStreams = 2;

    private ChildProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        exited = process.WaitForExitAsync();
    }

    /// <summary>The process id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The exit code of an ended process; 128 + the signal's number when a signal ended it.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Its standard input.</summary>
    public StreamWriter Input => process.StandardInput;

    /// <summary>All that it has printed so far, standard output and standard error in the order of arrival.</summary>
    public string Output
    {
        get { lock (gate) { return string.Join('\n', lines); } }
    }

    /// <summary>Starts a program with these arguments (no shell in between).</summary>
    /// <param name="environment">Added to this process's environment; <see langword="null"/> values are removed from it.</param>
    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null) { start.Environment.Remove(name); } else { start.Environment[name] = value; }
        }

        try
        {
            return new(Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start."));
        }
        catch (Win32Exception notFound)
        {
            throw MissingProgramException.Of(program, notFound);
        }
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, TimeSpan deadline, CancellationToken cancellation = default)
    {
        await using var child = Start(program, arguments);
        var code = await child.WaitForExitAsync(deadline, cancellation);
        return code == 0 ? child.Output : throw new InvalidOperationException($"{program} ended with {code}:\n{child.Output}");
    }

    /// <summary>Waits for a line that matches, among those already printed too.</summary>
    /// <exception cref="TimeoutException">No such line came in time.</exception>
    /// <exception cref="InvalidOperationException">The program ended without it.</exception>
    public async Task<Match> WaitForLineAsync(string pattern, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, PatternLimit);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(deadline);
        for (var next = 0; ;)
        {
            Task signal;
            bool over;
            lock (gate)
            {
                for (; next < lines.Count; next++)
                {
                    if (regex.Match(lines[next]) is { Success: true } match) { return match; }
                }

                (signal, over) = (changed.Task, openStreams == 0);
            }

            if (over) { throw new InvalidOperationException($"'{process.StartInfo.FileName}' ended without a line that matches '{pattern}':\n{Output}"); }

            try
            {
                await signal.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"'{process.StartInfo.FileName}' printed no line that matches '{pattern}' in {deadline}:\n{Output}", late);
            }
        }
    }

    /// <summary>Waits for its end and returns the exit code.</summary>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan deadline, CancellationToken cancellation = default)
    {
        try
        {
            await exited.WaitAsync(deadline, cancellation);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"'{process.StartInfo.FileName}' (pid {Id}) still runs after {deadline}:\n{Output}", late);
        }

        return process.ExitCode;
    }

    /// <summary>kill -9, of this process alone: what it started lives on, as after a crash.</summary>
    public void Kill() => process.Kill(entireProcessTree: false);

    /// <summary>Asks it to end (SIGTERM).</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>What Ctrl-C sends (SIGINT).</summary>
    public void Interrupt() => Signal(SigInt);

    /// <summary>Ends it and whatever it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) { process.Kill(entireProcessTree: true); }

        await process.WaitForExitAsync(); // also drains the output
        process.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal(int signal)
    {
        if (!process.HasExited && SendSignal(process.Id, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Signal {signal} did not reach process {process.Id}.");
        }
    }

    private void Add(string? line)
    {
        lock (gate)
        {
            if (line is null) { openStreams--; } else { lines.Add(line); }

            changed.TrySetResult();
            changed = NewSignal();
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int process, int signal);
}
