using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;

namespace SecureRecorder.Recorder.Tests;

/// <summary>A <c>join</c> that runs inside the test, with a spool of its own.</summary>
internal sealed class RecordedByTest : IAsyncDisposable
{
    private readonly CancellationTokenSource _interrupt = new();
    private readonly StringWriter _printed = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly DirectoryInfo _spool;
    private readonly JoinSession _join;

    public RecordedByTest(FakeServer server, ScreenSelection selection, long limit = SpoolBudget.Default, string code = FakeServer.Code, IScreenSource? screen = null, DirectoryInfo? spool = null)
    {
        _spool = spool ?? Directory.CreateTempSubdirectory("spool");
        var writer = TextWriter.Synchronized(_printed);
        var join = new JoinSession(code, server.Address, _spool.FullName, limit, selection, screen ?? new X11Screen(), _http, TimeProvider.System, new(writer, writer, interactive: false));
        _join = join;
        Ended = Task.Run(() => join.RunAsync(_interrupt.Token));
    }

    /// <summary>The process id of ffmpeg while it runs.</summary>
    public int? EncoderId => _join.EncoderId;

    public Task<ExitCode> Ended { get; }
    public string SpoolRoot => _spool.FullName;
    public string Printed => _printed.ToString();

    public void Interrupt() => _interrupt.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _interrupt.CancelAsync();
        await Task.WhenAny(Ended, Task.Delay(TimeSpan.FromSeconds(20)));
        _http.Dispose();
        _interrupt.Dispose();
        _spool.Delete(recursive: true);
    }
}
