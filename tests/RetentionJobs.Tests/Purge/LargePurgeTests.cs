using System.Runtime.CompilerServices;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Tests.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Purge;

/// <summary>A session with a million objects is deleted in bulk, in as many calls as that takes, and in no more memory than a small one.</summary>
public sealed class LargePurgeTests : IAsyncLifetime
{
    private const int Many = 1_000_000;
    private const long Growth = 24 << 20;
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await catalogue.AddAsync(session, clock.GetUtcNow().AddDays(-91), SessionState.Recorded);
        await catalogue.ChangeAsync(session.Id, row => (row.EndedAt, row.KeepUntil) = (clock.GetUtcNow().AddDays(-91), clock.GetUtcNow().AddDays(-1)));
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_million_objects_are_deleted_a_thousand_a_call_in_flat_memory()
    {
        var store = new GeneratedStore(session.Store, TrackObjects.Prefix(session.Id), Many);
        await using var open = catalogue.Open();
        Assert.Equal(PurgeOutcome.Purged, await PurgeScene.Session(open, store, session.ServerKey, clock).RunIfDueAsync(session.Id, "test", default));
        Assert.Equal(0, store.Left);
        Assert.InRange(store.Calls, Many / DestroyObjects.BatchSize, Many / DestroyObjects.BatchSize + 2); // and one for the keys
        Assert.True(store.MostAlive < store.AliveAtFirst + Growth, $"{store.AliveAtFirst >> 20} MiB were alive at the first call, {store.MostAlive >> 20} MiB at some later one.");
    }

    /// <summary>Lists objects that nobody wrote, in order, and remembers of those that were deleted only how many.</summary>
    private sealed class GeneratedStore(IObjectStore inner, string prefix, int objects) : IObjectStore
    {
        private int deleted;

        public int Calls { get; private set; }
        public int Left => objects - deleted;
        public long AliveAtFirst { get; private set; }
        public long MostAlive { get; private set; }

        public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string below, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            if (below != prefix) { yield break; } // no keys
            for (var i = Volatile.Read(ref deleted); i < objects; i++) { yield return new($"{prefix}video/{i:D8}.seal", "null", IsDeleteMarker: false, 10); }
        }

        public Task<IReadOnlyList<FailedDelete>> DeleteAsync(IReadOnlyCollection<ObjectVersion> versions, CancellationToken cancellation)
        {
            Volatile.Write(ref deleted, deleted + versions.Count);
            if (Calls++ % 50 == 1)
            {
                var alive = GC.GetTotalMemory(forceFullCollection: true);
                (AliveAtFirst, MostAlive) = (AliveAtFirst == 0 ? alive : AliveAtFirst, Math.Max(MostAlive, alive));
            }

            return Task.FromResult<IReadOnlyList<FailedDelete>>([]);
        }

        public Task<ObjectLock?> FindLockAsync(ObjectVersion version, CancellationToken cancellation) => Task.FromResult<ObjectLock?>(null);
        public IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string below, CancellationToken cancellation) => inner.ListUnfinishedUploadsAsync(below, cancellation);
        public Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellation) => inner.AbortAsync(upload, cancellation);
        public Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation) => inner.ReplaceAsync(name, expected, content, cancellation);

        public Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => inner.PutOnceAsync(name, content, cancellation);
        public Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation) => inner.GetAsync(name, limitInBytes, cancellation);
        public Task<byte[]?> GetRangeAsync(string name, long offset, int length, CancellationToken cancellation) => inner.GetRangeAsync(name, offset, length, cancellation);
        public Task<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);
        public IAsyncEnumerable<ObjectInfo> ListAsync(string below, string? startAfter, CancellationToken cancellation) => inner.ListAsync(below, startAfter, cancellation);
        public UploadAddress PresignPut(string name, TimeSpan validity) => inner.PresignPut(name, validity);
        public Task<ProvisionReport> ProvisionAsync(CancellationToken cancellation) => inner.ProvisionAsync(cancellation);
        public Task<StrangerFinding> ProbeStrangerAsync(CancellationToken cancellation) => inner.ProbeStrangerAsync(cancellation);
    }
}
