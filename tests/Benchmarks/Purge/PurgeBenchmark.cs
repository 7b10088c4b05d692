using System.Diagnostics;
using System.Globalization;
using Amazon.S3.Model;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Purge;

/// <summary>How fast a whole purge (keys, count, every version, proof, certificate) deletes against nothing but bulk deletes of known names, by turns on the same S3 server (Ceph); and what it holds in memory as sessions grow.</summary>
internal static class PurgeBenchmark
{
    private const int Rounds = 3;
    private const int Objects = 10_000;
    private const int ManyObjects = 100_000;
    private const double RateTarget = 0.85;
    private const double MemoryTarget = 1.3;

    public static async Task<bool> RunAsync()
    {
        await using var s3 = new S3Server();
        await s3.InitializeAsync();
        var bucket = await s3.NewBucketAsync();
        using var store = new S3ObjectStore(new() { Endpoint = s3.Endpoint, Region = s3.Region, Bucket = bucket, AccessKeyId = s3.AccessKey, SecretAccessKey = s3.SecretKey }, TimeProvider.System);
        await using var scene = await PurgedCatalogue.CreateAsync(store, s3.Region);

        var (raw, ours, ratio) = (new Samples(), new Samples(), new Samples());
        double few = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var (known, purged) = (Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
            var names = await FillAsync(s3, bucket, known, Objects);
            await FillAsync(s3, bucket, purged, Objects);
            await scene.AddAsync(purged, Objects);
            var rawRate = Objects / await TimeAsync(async () =>
            {
                foreach (var batch in names.Chunk(1000)) { await s3.Owner.DeleteObjectsAsync(new() { BucketName = bucket, Quiet = true, Objects = [.. batch.Select(name => new KeyVersion { Key = name })] }); }
            });
            using var memory = new PeakMemory();
            var ourRate = Objects / await TimeAsync(() => scene.PurgeAsync(purged));
            few = Math.Max(few, memory.ManagedMebibytes);
            raw.Add(rawRate);
            ours.Add(ourRate);
            ratio.Add(ourRate / rawRate);
        }

        Console.WriteLine($"bulk deletes of known names, 1000 a call    {raw,22} objects a second, medians of {Rounds} rounds of {Objects} (middle half)");
        Console.WriteLine($"the whole purge of a session                {ours,22} objects a second");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio                                       {ratio,22}; target {RateTarget:0.00}"));

        var large = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await FillAsync(s3, bucket, large, ManyObjects);
        await scene.AddAsync(large, ManyObjects);
        using var peak = new PeakMemory();
        var took = await TimeAsync(() => scene.PurgeAsync(large));
        var growth = peak.ManagedMebibytes / few;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"live managed memory, at its peak: {few:0.0} MiB with {Objects} objects, {peak.ManagedMebibytes:0.0} MiB with {ManyObjects} ({growth:0.00}; target {MemoryTarget:0.00}); RSS {peak.ResidentMebibytes:0} MiB; {ManyObjects / took:0} objects a second"));
        return ratio.Median >= RateTarget && growth <= MemoryTarget;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var begun = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>Small objects with a session's names.</summary>
    private static async Task<IReadOnlyList<string>> FillAsync(S3Server s3, string bucket, Guid session, int objects)
    {
        List<string> names = [$"v1/{session}/video/key.json", .. Enumerable.Range(0, objects - 1).Select(i => TrackObjects.Segment(session, new("video"), i))];
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (name, cancellation) =>
            await s3.Owner.PutObjectAsync(new() { BucketName = bucket, Key = name, InputStream = new MemoryStream("sealed"u8.ToArray()), UseChunkEncoding = false }, cancellation));
        return names;
    }

    /// <summary>A catalogue in memory whose sessions are over.</summary>
    private sealed class PurgedCatalogue(IObjectStore store, string region, string kekPath) : IAsyncDisposable
    {
        private readonly SqliteConnection connection = new("Data Source=:memory:");
        private readonly SigningKey server = SigningKey.Create();
        private readonly LocalKeyFile kek = LocalKeyFile.Open(kekPath);

        public static async Task<PurgedCatalogue> CreateAsync(IObjectStore store, string region)
        {
            var path = Path.GetTempFileName();
            File.Delete(path);
            OwnerOnlyFile.Create(path, WrittenSession.SharedKek);
            var scene = new PurgedCatalogue(store, region, path);
            File.Delete(path);
            await scene.connection.OpenAsync();
            await using var catalogue = scene.Open();
            await catalogue.Database.EnsureCreatedAsync();
            return scene;
        }

        public async Task AddAsync(Guid session, int objects)
        {
            await using var catalogue = Open();
            var over = TimeProvider.System.GetUtcNow().AddDays(-2);
            catalogue.Sessions.Add(new()
            {
                Id = session, Technician = "tina", CreatedAt = over, CodeExpiresAt = over, Region = region, State = SessionState.Recorded, EndedAt = over, KeepUntil = over.AddDays(1),
                Tracks = [new() { Session = session, Name = "video", MediaType = "video/mp4", Segments = objects - 1 }],
            });
            await catalogue.SaveChangesAsync();
        }

        public async Task PurgeAsync(Guid session)
        {
            await using var catalogue = Open();
            var clock = TimeProvider.System;
            var steps = new PurgeSteps(catalogue, new(catalogue, clock), new KnownLocations(new(Location.Main, region, store, kek, null)), server, clock);
            if (await new PurgeSession(catalogue, steps, clock).RunIfDueAsync(session, "benchmark", CancellationToken.None) is not PurgeOutcome.Purged) { throw new InvalidOperationException("It was not purged."); }
        }

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            server.Dispose();
            kek.Dispose();
        }

        private CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite(connection).Options);
    }

    /// <summary>Looks twice a second at what is alive after a collection, and at what the process holds.</summary>
    private sealed class PeakMemory : IDisposable
    {
        private const double Mebibyte = 1 << 20;
        private readonly Timer timer;
        private long managed;
        private long resident;

        public PeakMemory() => timer = new(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));

        public double ManagedMebibytes => managed / Mebibyte;
        public double ResidentMebibytes => resident / Mebibyte;

        public void Dispose() => timer.Dispose();

        private void Look()
        {
            managed = Math.Max(managed, GC.GetTotalMemory(forceFullCollection: true));
            using var process = Process.GetCurrentProcess();
            resident = Math.Max(resident, process.WorkingSet64);
        }
    }
}
