using System.Runtime.CompilerServices;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Tests.Purge;

/// <summary>A store before or after whose next operation of a kind something happens, once.</summary>
internal sealed class InterceptedStore(IObjectStore inner) : IObjectStore
{
    /// <summary><c>LIST</c> (versions), <c>DELETE</c> or <c>PUT</c>.</summary>
    public Dictionary<string, Func<Task>> Before { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Func<Task>> After { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls of <see cref="DeleteAsync"/>, and how many versions each had.</summary>
    public List<int> Deletes { get; } = [];

    /// <summary>What these versions' deletes are answered with.</summary>
    public Func<ObjectVersion, string?> Refuses { get; set; } = _ => null;

    /// <summary>Says that it deleted, and did not.</summary>
    public bool Forgets { get; init; }

    public Func<ObjectVersion, ObjectLock?> Locks { get; set; } = _ => null;

    public Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation) => inner.ReplaceAsync(name, expected, content, cancellation);

    public async Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await HappenAsync(Before, "PUT");
        var put = await inner.PutOnceAsync(name, content, cancellation);
        await HappenAsync(After, "PUT");
        return put;
    }

    public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await HappenAsync(Before, "LIST");
        await foreach (var version in inner.ListVersionsAsync(prefix, cancellation)) { yield return version; }
    }

    public async Task<IReadOnlyList<FailedDelete>> DeleteAsync(IReadOnlyCollection<ObjectVersion> versions, CancellationToken cancellation)
    {
        await HappenAsync(Before, "DELETE");
        Deletes.Add(versions.Count);
        if (Forgets) { return []; }

        var refused = versions.Where(version => Refuses(version) is not null).ToList();
        var failed = await inner.DeleteAsync([.. versions.Except(refused)], cancellation);
        await HappenAsync(After, "DELETE");
        return [.. failed, .. refused.Select(version => new FailedDelete(version, Refuses(version)!))];
    }

    public Task<ObjectLock?> FindLockAsync(ObjectVersion version, CancellationToken cancellation) => Task.FromResult(Locks(version));
    public Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation) => inner.GetAsync(name, limitInBytes, cancellation);
    public Task<byte[]?> GetRangeAsync(string name, long offset, int length, CancellationToken cancellation) => inner.GetRangeAsync(name, offset, length, cancellation);
    public Task<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);
    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? startAfter, CancellationToken cancellation) => inner.ListAsync(prefix, startAfter, cancellation);
    public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix, CancellationToken cancellation) => inner.ListUnfinishedUploadsAsync(prefix, cancellation);
    public Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellation) => inner.AbortAsync(upload, cancellation);
    public UploadAddress PresignPut(string name, TimeSpan validity) => inner.PresignPut(name, validity);
    public Task<ProvisionReport> ProvisionAsync(CancellationToken cancellation) => inner.ProvisionAsync(cancellation);
    public Task<StrangerFinding> ProbeStrangerAsync(CancellationToken cancellation) => inner.ProbeStrangerAsync(cancellation);

    private static async Task HappenAsync(Dictionary<string, Func<Task>> what, string operation)
    {
        if (what.Remove(operation, out var happening)) { await happening(); }
    }
}
