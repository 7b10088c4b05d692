namespace SecureRecorder.Storage.Objects;

/// <summary>Makes a folder that only its owner can enter, and refuses one that others can.</summary>
internal static class FolderProvisioning
{
    private const UnixFileMode Strangers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFault.Unsafe"/>: other accounts of this machine can enter it.</exception>
    public static async Task<ProvisionReport> RunAsync(string root, FolderObjectStore store, CancellationToken cancellation)
    {
        var created = !Directory.Exists(root);
        if (created) { DurableFile.CreateFolder(root); }

        var finding = ProbeStranger(root);
        if (finding.Verdict != StrangerVerdict.Private)
        {
            throw new ObjectStoreException($"{finding.Detail} Nothing is stored there: run chmod o-rwx on it, or choose another folder.", ObjectStoreFault.Unsafe);
        }

        return new(created,
        [
            new("bucket", true, created ? $"created {root}" : $"found {root}"),
            new("private", true, finding.Detail),
            await ProbePutOnceAsync(store, cancellation),
        ]);
    }

    /// <summary>A stranger to a folder is another account of the machine.</summary>
    public static StrangerFinding ProbeStranger(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            return new(StrangerVerdict.Unknown, $"Who may enter {root} cannot be told from its access control list here.");
        }

        var mode = File.GetUnixFileMode(root);
        return (mode & Strangers) == UnixFileMode.None
            ? new(StrangerVerdict.Private, $"No other account of this machine can enter {root}.")
            : new(StrangerVerdict.Public, $"Every account of this machine can enter {root} (mode {Convert.ToString((int)mode, 8)}).");
    }

    private static async Task<ProvisionStep> ProbePutOnceAsync(FolderObjectStore store, CancellationToken cancellation)
    {
        await store.PutOnceAsync(Canary.Name, Canary.Content, cancellation);
        return await store.PutOnceAsync(Canary.Name, Canary.Content, cancellation)
            ? new("put-once", false, "the file system let an object be put twice")
            : new("put-once", true, "an object that exists is not overwritten");
    }
}
