using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Tests;

/// <summary>The server's store, which a test can take away, make public, or hold up.</summary>
internal sealed class BreakableStore(FolderObjectStore inner) : IObjectStore
{
    public volatile bool IsDown;
    public StrangerVerdict Verdict { get; set; } = StrangerVerdict.Private;
    public FolderObjectStore Inner => inner;

    /// <summary>Happens before an object of this name is put.</summary>
    public Func<string, Task>? BeforePut { get; set; }

    public Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation) => Up().ReplaceAsync(name, expected, content, cancellation);

    public async Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (BeforePut is { } happening) { await happening(name); }
        return await Up().PutOnceAsync(name, content, cancellation);
    }

    public Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation) => Up().GetAsync(name, limitInBytes, cancellation);
    public Task<byte[]?> GetRangeAsync(string name, long offset, int length, CancellationToken cancellation) => Up().GetRangeAsync(name, offset, length, cancellation);
    public Task<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => Up().FindAsync(name, cancellation);
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? startAfter, CancellationToken cancellation) => Up().ListAsync(prefix, startAfter, cancellation);
    public IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, CancellationToken cancellation) => Up().ListVersionsAsync(prefix, cancellation);
    public Task<IReadOnlyList<FailedDelete>> DeleteAsync(IReadOnlyCollection<ObjectVersion> versions, CancellationToken cancellation) => Up().DeleteAsync(versions, cancellation);
    public Task<ObjectLock?> FindLockAsync(ObjectVersion version, CancellationToken cancellation) => Up().FindLockAsync(version, cancellation);
    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix, CancellationToken cancellation) => Up().ListUnfinishedUploadsAsync(prefix, cancellation);
    public Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellation) => Up().AbortAsync(upload, cancellation);
    public UploadAddress PresignPut(string name, TimeSpan validity) => inner.PresignPut(name, validity);
    public Task<ProvisionReport> ProvisionAsync(CancellationToken cancellation) => Up().ProvisionAsync(cancellation);

    public Task<StrangerFinding> ProbeStrangerAsync(CancellationToken cancellation)
    {
        Up();
        return Task.FromResult(new StrangerFinding(Verdict, "as the test says"));
    }

    private FolderObjectStore Up() => IsDown ? throw new ObjectStoreException("The test took the store away.") : inner;
}
