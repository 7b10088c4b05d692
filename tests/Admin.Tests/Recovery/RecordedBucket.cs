using SecureRecorder.Admin.Recovery;
using SecureRecorder.Admin.Tests.Exports;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>What is left of a server on which one session was recorded: its bucket, its KEK. Recorded once; each test takes a copy.</summary>
public sealed class RecordedBucket : IAsyncLifetime
{
    private ExportScene? scene;

    public Guid Session => scene!.Session;

    /// <summary>Thumbprint of the key that the server had.</summary>
    public string ServerKey { get; private set; } = "";

    internal string Data => scene!.Server.Data;

    public async ValueTask InitializeAsync()
    {
        scene = await ExportScene.RecordedAsync("T-17");
        await scene.Server.StopAsync(); // the audit trail gets its checkpoint
        using var key = SigningKey.FromPem(await File.ReadAllTextAsync(Path.Combine(Data, "keys", "server.pem")));
        ServerKey = key.Public.Thumbprint;
    }

    public async ValueTask DisposeAsync()
    {
        if (scene is not null) { await scene.DisposeAsync(); }
    }
}

/// <summary>A copy of a bucket, and a folder that is recovered into.</summary>
internal sealed class RecoveryScene : IDisposable
{
    private readonly RecordedBucket recorded;

    public RecoveryScene(RecordedBucket recorded)
    {
        this.recorded = recorded;
        Folder = Directory.CreateTempSubdirectory("recovery-").FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(recorded.Data, "bucket"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Bucket, Path.GetRelativePath(Path.Combine(recorded.Data, "bucket"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Folder { get; }
    public string Bucket => Path.Combine(Folder, "mirror");
    public string Out => Path.Combine(Folder, "out");
    public string Kek => Path.Combine(recorded.Data, "keys", "kek.pem");

    /// <summary>A file of the recovered session.</summary>
    public string Of(string name) => Path.Combine(Out, $"{recorded.Session}", name);

    public SessionReport Report => SessionReport.Read(File.ReadAllBytes(Of("report.json")))!;

    public string FileOf(TrackName track, string name) => Path.Combine(Bucket, TrackObjects.NameOf(recorded.Session, track, name));

    public void Flip(TrackName track, string name)
    {
        var bytes = File.ReadAllBytes(FileOf(track, name));
        bytes[^1] ^= 1;
        File.WriteAllBytes(FileOf(track, name), bytes);
    }

    public string[] Arguments(params string[] more) => ["--bucket", Bucket, "--kek", Kek, "--out", Out, .. more];

    public Task<(int Code, string Said)> RecoverAsync(params string[] more) => RunAsync(Arguments(more));

    public static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await RecoverCommand.Create(isTerminal: false).Parse(arguments).InvokeAsync(new() { Output = output, Error = output });
        return (code, output.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
