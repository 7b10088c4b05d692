using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Recovery;
using SecureRecorder.Admin.Tests.Exports;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>What is left of a server on which one session was recorded: its bucket, its KEK. Recorded once; each test takes a copy.</summary>
public class RecordedBucket : IAsyncLifetime
{
    private ExportScene? scene;

    /// <summary>Settings of the server.</summary>
    private protected virtual (string Key, string Value)[] Settings => [];

    public Guid Session => scene!.Session;

    /// <summary>Thumbprint of the key that the server had.</summary>
    public string ServerKey { get; private set; } = "";

    internal string Data => scene!.Server.Data;

    /// <summary>Its row, as the server had it.</summary>
    internal RecordedSession Row { get; private set; } = null!;

    /// <summary>Rows of the audit trail that the server had, as <c>number action hash</c>.</summary>
    internal IReadOnlyList<string> Audit { get; private set; } = [];

    /// <summary>What signed as the server.</summary>
    internal SigningKey Key() => SigningKey.FromPem(File.ReadAllText(Path.Combine(Data, "keys", "server.pem")));

    /// <summary>Copies what is in the bucket into a folder.</summary>
    internal void CopyBucket(string target)
    {
        var bucket = Path.Combine(Data, "bucket");
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(target, OwnerOnly);
        foreach (var file in Directory.GetFiles(bucket, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(bucket, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!, OwnerOnly);
            File.Copy(file, copy);
        }
    }

    internal static Task<List<string>> AuditOfAsync(Server server) => server.InCatalogueAsync(async catalogue =>
        (await catalogue.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync()).ConvertAll(row => $"{row.Id} {row.Action} {Convert.ToHexString(row.Hash!)}"));

    /// <summary>What else is to be known while the server runs.</summary>
    private protected virtual Task LookAsync(ExportScene running) => Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        scene = await ExportScene.RecordedAsync("T-17", settings: Settings);
        await LookAsync(scene);
        Row = await scene.Server.SessionAsync(Session);
        Audit = await AuditOfAsync(scene.Server);
        await scene.Server.StopAsync(); // the audit trail gets its checkpoint
        using var key = Key();
        ServerKey = key.Public.Thumbprint;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (scene is not null) { await scene.DisposeAsync(); }
        GC.SuppressFinalize(this);
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
        recorded.CopyBucket(Bucket);
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
        var code = await RecoverCommand.Create(arguments => Program.Build(arguments), isTerminal: false).Parse(arguments).InvokeAsync(new() { Output = output, Error = output });
        return (code, output.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
