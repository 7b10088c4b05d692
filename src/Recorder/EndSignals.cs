using System.Runtime.InteropServices;

namespace SecureRecorder.Recorder;

/// <summary>Ctrl-C, SIGTERM and a closed terminal: the first asks for an orderly end, the second ends at once.</summary>
internal sealed class EndSignals : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Terminal _terminal;

    public EndSignals(Terminal terminal)
    {
        _terminal = terminal;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }) { _registrations.Add(PosixSignalRegistration.Create(signal, Handle)); }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _end.Token;

    /// <summary>What is left behind when the second signal ends the program; asked for then.</summary>
    public Func<string?>? AtSecond { get; set; }

    public void Dispose()
    {
        foreach (var registration in _registrations) { registration.Dispose(); }
        _end.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_end.IsCancellationRequested)
        {
            _terminal.Say("Ending. Once more (Ctrl-C) to leave at once.");
            _end.Cancel();
            return;
        }

        var left = AtSecond?.Invoke();
        if (left is not null) { _terminal.Warn(left); }
        Environment.Exit((int)ExitCode.LeftInSpool);
    }
}
