namespace SecureRecorder.Admin.Recovery;

/// <summary>The folder that recordings are written into: empty at first, marked as one of a recovery from then on, and used by one run at a time.</summary>
/// <remarks>A session is written as <c>&lt;id&gt;.part</c> and gets its name when all of it is there: what has its name is finished, whatever is killed when.</remarks>
internal sealed class RecoveryFolder : IDisposable
{
    private const string Marker = ".secure-recorder-recovery";
    private const string Unfinished = ".part";

    private readonly FileStream _lock;

    private RecoveryFolder(string root, FileStream held) => (Root, _lock) = (root, held);

    public string Root { get; }

    /// <param name="bucket">The folder that mirrors the bucket; null: the bucket is no folder.</param>
    /// <exception cref="InvalidDataException">It holds something else, lies in the bucket, or another run uses it; the message says which.</exception>
    public static RecoveryFolder Open(string path, string? bucket)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(root)) { throw new InvalidDataException($"--out '{path}' is a file, not a folder."); }
        if (bucket is not null && IsWithin(RealPath.Of(root), RealPath.Of(bucket))) { throw new InvalidDataException($"--out '{path}' lies in the bucket's folder '{bucket}'. What is opened never goes there: choose another folder."); }

        var marker = Path.Combine(root, Marker);
        if (Directory.Exists(root) && !File.Exists(marker) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw new InvalidDataException($"--out '{path}' is not empty, and is not the folder of an earlier recovery. Choose an empty or a new folder.");
        }

        PrivateFiles.CreateFolder(root);
        try
        {
            return new(root, PrivateFiles.Create(marker, FileMode.OpenOrCreate));
        }
        catch (IOException used) when (File.Exists(marker))
        {
            throw new InvalidDataException($"--out '{path}' is used by another run at this moment.", used);
        }
    }

    public string PathOf(Guid session) => Path.Combine(Root, session.ToString("D"));

    /// <summary>An empty folder to write a session into; what a killed run left of it is gone.</summary>
    public string Begin(Guid session)
    {
        var path = PathOf(session) + Unfinished;
        if (Directory.Exists(path)) { Directory.Delete(path, recursive: true); }
        PrivateFiles.CreateFolder(path);
        return path;
    }

    /// <summary>Gives what was begun its name, in place of what an earlier run could not read.</summary>
    public void Finish(Guid session)
    {
        var path = PathOf(session);
        if (Directory.Exists(path)) { Directory.Delete(path, recursive: true); }
        Directory.Move(path + Unfinished, path);
    }

    /// <summary>What an earlier run finished of a session; null: nothing, or its files are not those that its report names any more.</summary>
    public async Task<SessionReport?> FinishedAsync(Guid session, CancellationToken cancellation)
    {
        var folder = PathOf(session);
        var path = Path.Combine(folder, SessionReport.FileName);
        if (!File.Exists(path)) { return null; }

        var report = SessionReport.Read(await File.ReadAllBytesAsync(path, cancellation));
        return report?.Session == session && report.Files.All(file => new FileInfo(Path.Combine(folder, file.Name)) is { Exists: true } there && there.Length == file.Size) ? report : null;
    }

    public void Dispose() => _lock.Dispose();

    private static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>A path with every link on it followed.</summary>
    private static class RealPath
    {
        public static string Of(string path)
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            if (Path.GetDirectoryName(full) is not { } parent) { return full; }

            var here = Path.Combine(Of(parent), Path.GetFileName(full));
            return Directory.Exists(here) && Directory.ResolveLinkTarget(here, returnFinalTarget: true) is { } target ? Of(target.FullName) : here;
        }
    }
}
