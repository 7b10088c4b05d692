using System.Runtime.CompilerServices;

namespace SecureRecorder.Storage.Objects;

/// <summary>A folder that mirrors a bucket: object <c>v1/…/key.json</c> is the file <c>&lt;root&gt;/v1/…/key.json</c>.</summary>
/// <remarks>
/// For one server process on one machine. A body is collected in <c>.incoming/</c>, written to disk, and only then linked to
/// its name, which must be free: an object is whole or absent, and never overwritten, whatever is killed when.
/// </remarks>
/// <param name="root">The folder; <see cref="ProvisionAsync"/> creates it.</param>
/// <param name="addresses">Makes and checks upload addresses.</param>
/// <param name="uploadLimitInBytes">Largest body that an upload address accepts.</param>
public sealed class FolderObjectStore(string root, FolderUploadAddresses addresses, long uploadLimitInBytes = 64 << 20) : IObjectStore
{
    private const string OnlyVersion = "null";
    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
    private readonly IncomingFolder _incoming = new(Path.GetFullPath(root));
    private readonly Lock _replacing = new();

    public async Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        ObjectName.Require(name);
        using var body = new MemoryStream(content.ToArray(), writable: false);
        return await AskAsync("PUT", name, () => PutOnceAsync(name, body, content.Length, content.Length, cancellation));
    }

    /// <summary>The server's answer to a PUT to one of the addresses: checks it and stores the body, once, whole or not at all.</summary>
    /// <exception cref="ObjectStoreException">The address is valid, but the store cannot write.</exception>
    public async Task<UploadOutcome> ReceiveAsync(FolderUpload upload, CancellationToken cancellation)
    {
        switch (addresses.Check(upload.Name, upload.Expires, upload.Signature, upload.IfNoneMatch))
        {
            case AddressVerdict.Forged: return UploadOutcome.Forged;
            case AddressVerdict.Expired: return UploadOutcome.Expired;
        }

        if (upload.Length > uploadLimitInBytes) { return UploadOutcome.TooLarge; }
        if (File.Exists(PathOf(upload.Name))) { return UploadOutcome.Exists; }

        try
        {
            var stored = await AskAsync("PUT", upload.Name, () => PutOnceAsync(upload.Name, upload.Body, upload.Length, uploadLimitInBytes, cancellation));
            return stored ? UploadOutcome.Stored : UploadOutcome.Exists;
        }
        catch (CutBodyException)
        {
            return UploadOutcome.Cut;
        }
        catch (ObjectStoreException tooLarge) when (tooLarge.Fault == ObjectStoreFault.TooLarge)
        {
            return UploadOutcome.TooLarge;
        }
    }

    public async Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (await GetAsync(name, long.MaxValue, cancellation) is null) { return false; }

        using var body = new MemoryStream(content.ToArray(), writable: false);
        return await AskAsync("REPLACE", name, async () =>
        {
            var collected = await _incoming.CollectAsync(name, body, content.Length, content.Length, cancellation);
            try
            {
                lock (_replacing)
                {
                    if (!File.Exists(PathOf(name)) || !File.ReadAllBytes(PathOf(name)).AsSpan().SequenceEqual(expected.Span)) { return false; }

                    DurableFile.Replace(collected, PathOf(name));
                    return true;
                }
            }
            finally
            {
                File.Delete(collected);
            }
        });
    }

    public Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation) =>
        ReadAsync(name, 0, limitInBytes, wholeOnly: true, cancellation);

    public Task<byte[]?> GetRangeAsync(string name, long offset, int length, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return ReadAsync(name, offset, length, wholeOnly: false, cancellation);
    }

    public Task<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => AskAsync("HEAD", name, () =>
    {
        ObjectName.Require(name);
        RequireRoot("HEAD", name);
        var file = new FileInfo(PathOf(name));
        return Task.FromResult(file.Exists ? new ObjectInfo(name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)) : null);
    });

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? startAfter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectName.RequirePrefix(prefix);
        RequireRoot("LIST", prefix);
        foreach (var (name, file) in FolderListing.Walk(_root, prefix, startAfter))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Describe(name, file) is { } found) { yield return found; }
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in ListAsync(prefix, null, cancellation))
        {
            yield return new(found.Name, OnlyVersion, IsDeleteMarker: false, found.Size);
        }
    }

    public Task<IReadOnlyList<FailedDelete>> DeleteAsync(IReadOnlyCollection<ObjectVersion> versions, CancellationToken cancellation) => AskAsync("DELETE", versions.FirstOrDefault()?.Name ?? "", () =>
    {
        foreach (var version in versions) { ObjectName.Require(version.Name); }

        RequireRoot("DELETE", versions.FirstOrDefault()?.Name ?? "");
        var failed = new List<FailedDelete>();
        foreach (var version in versions)
        {
            cancellation.ThrowIfCancellationRequested();
            if (version.VersionId != OnlyVersion)
            {
                failed.Add(new(version, $"A folder keeps no versions; there is no version '{version.VersionId}'."));
                continue;
            }

            try
            {
                var path = PathOf(version.Name);
                if (File.Exists(path)) { File.Delete(path); } // what lies under no folder is gone already
                RemoveEmptyFolders(Path.GetDirectoryName(path)!);
            }
            catch (Exception failure) when (FolderFault.IsFromTheFileSystem(failure))
            {
                failed.Add(new(version, failure.Message));
            }
        }

        return Task.FromResult<IReadOnlyList<FailedDelete>>(failed);
    });

    public Task<ObjectLock?> FindLockAsync(ObjectVersion version, CancellationToken cancellation) => Task.FromResult<ObjectLock?>(null); // a folder has none

    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectName.RequirePrefix(prefix);
        RequireRoot("LIST uploads", prefix);
        foreach (var upload in _incoming.List(prefix))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return upload;
        }

        await Task.CompletedTask;
    }

    public Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellation) => AskAsync("ABORT", upload.Name, () =>
    {
        _incoming.Delete(upload);
        return Task.FromResult(true);
    });

    public UploadAddress PresignPut(string name, TimeSpan validity) => addresses.Create(name, validity);

    public Task<ProvisionReport> ProvisionAsync(CancellationToken cancellation) => AskAsync("PROVISION", "", () => FolderProvisioning.RunAsync(_root, this, cancellation));

    public Task<StrangerFinding> ProbeStrangerAsync(CancellationToken cancellation) => AskAsync("PROBE", "", () =>
    {
        RequireRoot("PROBE", "");
        return Task.FromResult(FolderProvisioning.ProbeStranger(_root));
    });

    private async Task<bool> PutOnceAsync(string name, Stream body, long? length, long limitInBytes, CancellationToken cancellation)
    {
        RequireRoot("PUT", name);
        var target = PathOf(name);
        if (File.Exists(target)) { return false; }

        var collected = await _incoming.CollectAsync(name, body, length, limitInBytes, cancellation);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    DurableFile.CreateFolder(Path.GetDirectoryName(target)!);
                    return DurableFile.TryPublish(collected, target);
                }
                catch (IOException gone) when (gone is DirectoryNotFoundException or FileNotFoundException && attempt < 50 && Directory.Exists(_root))
                {
                    // a delete took the empty folder away in between
                }
            }
        }
        finally
        {
            File.Delete(collected);
        }
    }

    private Task<byte[]?> ReadAsync(string name, long offset, long length, bool wholeOnly, CancellationToken cancellation)
    {
        ObjectName.Require(name);
        return AskAsync("GET", name, async () =>
        {
            RequireRoot("GET", name);
            try
            {
                using var file = File.OpenHandle(PathOf(name), options: FileOptions.Asynchronous);
                var size = RandomAccess.GetLength(file);
                if (wholeOnly && size > Math.Min(length, Array.MaxLength)) { throw IncomingFolder.TooLarge(name, length); }

                var content = new byte[(int)Math.Clamp(size - offset, 0, length)];
                for (var done = 0; done < content.Length;)
                {
                    var read = await RandomAccess.ReadAsync(file, content.AsMemory(done), offset + done, cancellation);
                    if (read == 0) { throw new EndOfStreamException("The file became shorter while it was read."); }
                    done += read;
                }

                return content;
            }
            catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        });
    }

    private static ObjectInfo? Describe(string name, FileInfo file)
    {
        try { return new(name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)); }
        catch (FileNotFoundException) { return null; } // deleted while the folder was read
    }

    /// <summary>A folder's name tells of the session that was in it. One that is being written to stays, or is made anew by the writer.</summary>
    private void RemoveEmptyFolders(string folder)
    {
        for (; folder.Length > _root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            try { Directory.Delete(folder); }
            catch (DirectoryNotFoundException) { /* another delete was faster; what is above may be empty too */ }
            catch (IOException) { return; } // not empty
        }
    }

    private string PathOf(string name) => Path.Combine(_root, name.Replace('/', Path.DirectorySeparatorChar));

    private void RequireRoot(string operation, string name)
    {
        if (!Directory.Exists(_root)) { throw FolderFault.Translate(operation, name, _root, new DirectoryNotFoundException()); }
    }

    private async Task<T> AskAsync<T>(string operation, string name, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (FolderFault.IsFromTheFileSystem(failure))
        {
            throw FolderFault.Translate(operation, name, _root, failure);
        }
    }
}

/// <summary>A PUT as it came to the server: name and query of its address, its <c>If-None-Match</c> header and its body.</summary>
/// <param name="Length">The announced length of the body in bytes, if any.</param>
public sealed record FolderUpload(string Name, string? Expires, string? Signature, string? IfNoneMatch, long? Length, Stream Body);

/// <summary>How an upload went.</summary>
public enum UploadOutcome
{
    /// <summary>The address was not made by this server for this object, or came without its header (403).</summary>
    Forged,

    /// <summary>The address was good once (403).</summary>
    Expired,

    /// <summary>The object exists; it was not touched (412).</summary>
    Exists,

    /// <summary>The body is above the limit; nothing was stored (413).</summary>
    TooLarge,

    /// <summary>The body broke off; nothing was stored (400, if anybody is there to read it).</summary>
    Cut,

    /// <summary>Stored, durably (200).</summary>
    Stored,
}
