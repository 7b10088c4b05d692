using System.Security.Cryptography;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The recorder as a person runs it, with a spool and a folder for temporary files of its own.</summary>
internal sealed class RecorderDevice : IAsyncDisposable
{
    private readonly AdminServer server;
    private readonly XDisplay display;

    public RecorderDevice(AdminServer server, XDisplay display)
    {
        (this.server, this.display) = (server, display);
        Folder = Path.Combine(Path.GetTempPath(), "recorder-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        Directory.CreateDirectory(Path.Combine(Folder, "tmp"));
    }

    /// <summary>Everything that the recorder may write is below it.</summary>
    public string Folder { get; }

    private string Spool => Path.Combine(Folder, "spool");

    public ChildProcess Join(string code) => Start("join", code, "--server", server.Url.ToString(), "--display", display.Name, "--spool", Spool);

    public ChildProcess Drain() => Start("drain", "--server", server.Url.ToString(), "--spool", Spool);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        AdminServer.Program("Recorder", "secure-recorder"), arguments, new Dictionary<string, string?> { ["TMPDIR"] = Path.Combine(Folder, "tmp") });
}
