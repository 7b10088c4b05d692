using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Tests.Rewrap;

/// <summary>A store in the middle of whose work something happens.</summary>
internal sealed class DyingStore(IObjectStore inner, Action afterReplace) : IObjectStore
{
    public Func<string, Task> BeforeReplace { get; init; } = _ => Task.CompletedTask;

    public Action BeforeGet { get; init; } = () => { };

    public async Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await BeforeReplace(name);
        var replaced = await inner.ReplaceAsync(name, expected, content, cancellation);
        afterReplace();
        return replaced;
    }

    public Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => inner.PutOnceAsync(name, content, cancellation);

    public Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation)
    {
        BeforeGet();
        return inner.GetAsync(name, limitInBytes, cancellation);
    }

    public Task<byte[]?> GetRangeAsync(string name, long offset, int length, CancellationToken cancellation) => inner.GetRangeAsync(name, offset, length, cancellation);
    public Task<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? startAfter, CancellationToken cancellation) => inner.ListAsync(prefix, startAfter, cancellation);
    public IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, CancellationToken cancellation) => inner.ListVersionsAsync(prefix, cancellation);
    public Task<IReadOnlyList<FailedDelete>> DeleteAsync(IReadOnlyCollection<ObjectVersion> versions, CancellationToken cancellation) => inner.DeleteAsync(versions, cancellation);
    public Task<ObjectLock?> FindLockAsync(ObjectVersion version, CancellationToken cancellation) => inner.FindLockAsync(version, cancellation);
    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix, CancellationToken cancellation) => inner.ListUnfinishedUploadsAsync(prefix, cancellation);
    public Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellation) => inner.AbortAsync(upload, cancellation);
    public UploadAddress PresignPut(string name, TimeSpan validity) => inner.PresignPut(name, validity);
    public Task<ProvisionReport> ProvisionAsync(CancellationToken cancellation) => inner.ProvisionAsync(cancellation);
    public Task<StrangerFinding> ProbeStrangerAsync(CancellationToken cancellation) => inner.ProbeStrangerAsync(cancellation);
}
