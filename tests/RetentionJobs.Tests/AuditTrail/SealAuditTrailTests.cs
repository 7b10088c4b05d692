using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.AuditTrail;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.AuditTrail;

/// <summary>The trail gets its checkpoints when they are due, once, and none over rows that are not what they were.</summary>
public sealed class SealAuditTrailTests : IDisposable
{
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly string folder = Directory.CreateTempSubdirectory("audit-job-").FullName;
    private readonly SigningKey server = SigningKey.Create();
    private readonly LocalKeyFile kek;
    private readonly FolderObjectStore store;
    private readonly SqliteConnection connection = new("Data Source=:memory:");

    public SealAuditTrailTests()
    {
        OwnerOnlyFile.Create(Path.Combine(folder, "kek.pem"), WrittenSession.SharedKek);
        kek = LocalKeyFile.Open(Path.Combine(folder, "kek.pem"));
        store = new(Path.Combine(folder, "bucket"), new FolderUploadAddresses(new("http://127.0.0.1/"), new byte[32], clock));
        Directory.CreateDirectory(Path.Combine(folder, "bucket"));
        connection.Open();
        using var catalogue = Open();
        catalogue.Database.EnsureCreated(); // without the triggers: these tests tamper
    }

    public void Dispose()
    {
        kek.Dispose();
        server.Dispose();
        connection.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_first_is_due_with_the_first_row_and_the_next_after_an_hour_or_a_thousand_rows()
    {
        await RunAsync();
        Assert.Empty(await ReadAsync());
        await AddAsync(3);
        await RunAsync();
        await RunAsync();
        Assert.Equal([(1L, 3L)], Ranges(await ReadAsync()));

        await AddAsync(SealAuditTrail.DueRows - 1);
        clock.Advance(SealAuditTrail.Interval - TimeSpan.FromSeconds(1));
        await RunAsync();
        Assert.Single(await ReadAsync());
        await AddAsync(1);
        await RunAsync();
        Assert.Equal((4L, 1003L), Ranges(await ReadAsync())[^1]);

        clock.Advance(SealAuditTrail.Interval);
        await RunAsync();
        Assert.Equal(2, (await ReadAsync()).Count); // no row, no checkpoint
        await AddAsync(1);
        await RunAsync();
        Assert.Equal((1004L, 1004L), Ranges(await ReadAsync())[^1]);
    }

    [Fact]
    public async Task A_server_that_stops_leaves_nothing_without_a_checkpoint()
    {
        await AddAsync(2);
        await RunAsync();
        await AddAsync(1);
        await RunAsync(isStopping: true);
        await RunAsync(isStopping: true);
        Assert.Equal([(1L, 2L), (3L, 3L)], Ranges(await ReadAsync()));
    }

    [Fact]
    public async Task A_long_trail_gets_several_and_its_rows_are_recovered_from_the_bucket_alone()
    {
        await AddAsync(AuditCheckpoint.MaximumRows + 7);
        await RunAsync(isStopping: true);
        var checkpoints = await ReadAsync();
        Assert.Equal([(1L, 5000L), (5001L, 5007L)], Ranges(checkpoints));

        var lines = new List<AuditLine>();
        foreach (var checkpoint in checkpoints)
        {
            var keyFile = JsonSerializer.Deserialize((await store.GetAsync(AuditCheckpoint.KeyObject(checkpoint.Rows.Id), 1 << 16, default))!, FormatJson.Default.KeyFile)!;
            using var key = await kek.UnwrapAsync(keyFile, default);
            var content = (await store.GetAsync(AuditCheckpoint.RowsObject(checkpoint.Rows.Id), 1 << 26, default))!;
            Assert.Equal((checkpoint.Rows.Size, checkpoint.Rows.Sha256), (content.Length, System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(content))));
            var context = new SegmentContext(checkpoint.Rows.Id, AuditCheckpoint.Track, 0, checkpoint.HashOf(checkpoint.Last));
            lines.AddRange(Encoding.UTF8.GetString(SegmentOpener.Open(key, context, content)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, FormatJson.Default.AuditLine)!));
        }

        await using var catalogue = Open();
        Assert.Equal((await catalogue.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync()).Select(AuditLine.Of), lines);
    }

    [Fact]
    public async Task Nothing_in_the_bucket_says_in_clear_who_did_what()
    {
        await AddAsync(5);
        await RunAsync();
        Assert.All(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => file.Contains("bucket", StringComparison.Ordinal)), file =>
        {
            var content = File.ReadAllText(file, Encoding.Latin1);
            Assert.DoesNotContain("tina", content, StringComparison.Ordinal);
            foreach (var part in content.Split('.').Where(_ => file.EndsWith(".jws", StringComparison.Ordinal)).Take(2)) { Assert.DoesNotContain("tina", Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(part)), StringComparison.Ordinal); }
        });
    }

    [Fact]
    public async Task Killed_at_any_point_the_next_run_goes_on()
    {
        await AddAsync(2);
        await Assert.ThrowsAsync<ObjectStoreException>(() => RunAsync(new BreakingStore(store, name => name.EndsWith(".seal", StringComparison.Ordinal))));
        await Assert.ThrowsAsync<ObjectStoreException>(() => RunAsync(new BreakingStore(store, name => name.EndsWith(".jws", StringComparison.Ordinal))));
        await RunAsync();
        Assert.Equal([(1L, 2L)], Ranges(await ReadAsync()));

        await using (var catalogue = Open()) { await catalogue.AuditCursors.ExecuteDeleteAsync(); } // written, and not remembered
        await AddAsync(1);
        await RunAsync(isStopping: true);
        Assert.Equal([(1L, 2L), (3L, 3L)], Ranges(await ReadAsync()));
    }

    [Fact]
    public async Task Where_another_server_was_faster_its_checkpoint_counts()
    {
        await AddAsync(2);
        await RunAsync(new BreakingStore(store, _ => false)
        {
            Before = async name =>
            {
                if (!name.EndsWith(".jws", StringComparison.Ordinal)) { return; }
                await AddAsync(1);
                await RunAsync();
            },
        });
        Assert.Equal([(1L, 3L)], Ranges(await ReadAsync()));
    }

    [Theory]
    [InlineData("UPDATE Audit SET Actor = 'eve' WHERE Id = 5")]
    [InlineData("DELETE FROM Audit WHERE Id = 5")]
    [InlineData("DELETE FROM Audit WHERE Id > 2")]
    [InlineData("UPDATE Audit SET Hash = randomblob(32) WHERE Id = 3")]
    public async Task Over_a_trail_that_was_tampered_with_nothing_is_signed(string sql)
    {
        await AddAsync(3);
        await RunAsync();
        await AddAsync(3);
        await using (var catalogue = Open()) { await catalogue.Database.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken); }
        clock.Advance(SealAuditTrail.Interval);
        await Assert.ThrowsAsync<TrackAlteredException>(() => RunAsync());
        Assert.Single(await ReadAsync());
    }

    [Fact]
    public async Task Checkpoints_that_are_gone_from_the_bucket_are_not_begun_anew()
    {
        await AddAsync(3);
        await RunAsync();
        File.Delete(Path.Combine(folder, "bucket", AuditCheckpoint.ObjectName(0)));
        await AddAsync(1);
        clock.Advance(SealAuditTrail.Interval);
        Assert.Contains("not in the bucket any more", (await Assert.ThrowsAsync<TrackAlteredException>(() => RunAsync())).Message, StringComparison.Ordinal);
    }

    private CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite(connection).Options);

    private Task RunAsync(bool isStopping = false) => RunAsync(store, isStopping);

    private async Task RunAsync(IObjectStore into, bool isStopping = false)
    {
        await using var catalogue = Open();
        await new SealAuditTrail(catalogue, new(new(Location.Main, "local", into, kek, null)), server, new(), clock).RunAsync(isStopping, default);
    }

    private async Task AddAsync(int rows)
    {
        await using var catalogue = Open();
        catalogue.Audit.AddRange(Enumerable.Range(0, rows).Select(i => new AuditRow { At = clock.GetUtcNow(), Actor = "tina", Action = "replay.opened", Outcome = "allowed", Detail = $"{i}" }));
        await catalogue.SaveChangesAsync();
    }

    private Task<IReadOnlyList<AuditCheckpoint>> ReadAsync() => AuditCheckpoints.ReadAsync(store, [server.Public.Thumbprint], default);

    private static (long First, long Last)[] Ranges(IReadOnlyList<AuditCheckpoint> checkpoints) => [.. checkpoints.Select(checkpoint => (checkpoint.First, checkpoint.Last))];

    /// <summary>A store that fails before it puts some object.</summary>
    private sealed class BreakingStore(FolderObjectStore inner, Func<string, bool> breaks) : IObjectStore
    {
        private bool happened;

        public Func<string, Task>? Before { get; init; }

        public Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation) => inner.ReplaceAsync(name, expected, content, cancellation);

        public async Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
        {
            if (breaks(name)) { throw new ObjectStoreException("The test took the store away."); }
            if (Before is { } happening && name.EndsWith(".jws", StringComparison.Ordinal) && !happened)
            {
                happened = true;
                await happening(name);
            }

            return await inner.PutOnceAsync(name, content, cancellation);
        }

        public Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation) => inner.GetAsync(name, limitInBytes, cancellation);
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
}
