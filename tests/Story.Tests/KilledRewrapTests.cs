using System.Collections.Concurrent;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>kill -9 of the server while it wraps 1,000 data keys for another key encryption key, on a real S3 server that keeps versions: started again it goes on, and afterwards everything opens with the new key alone.</summary>
public sealed class KilledRewrapTests(S3Server s3) : IAsyncLifetime
{
    private const int Sessions = 250;
    private const int AtOnce = 8;
    private const string KeyName = "next";
    private static readonly TrackName[] Recorded = [TrackName.Video, TrackName.Thumbnails, new("video-2")];
    private static readonly int Keys = Sessions * (Recorded.Length + 1);

    /// <summary>So long a pass waits for servers that still hand out the earlier key, before it ends.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    /// <summary>Where it is killed, each counted from the start before it: together in the first, a middle and the last part of the keys. And whether an earlier version of a key remains there.</summary>
    private static readonly IReadOnlyList<(string Name, bool LeavesVersion, StopAt At)> Steps =
    [
        ("a key is replaced, and that not known", true, new(Replacement(), Number: 137, Afterwards: true)),
        ("before the earlier version of a key is destroyed", true, new(IsDestruction, Number: 300)),
        ("before a key is replaced", false, new(Replacement(), Number: 400)),
    ];

    private readonly string bucket = S3Server.NewBucketName();
    private StoppingProxy proxy = null!;
    private S3ObjectStore store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        proxy = StoppingProxy.Before(s3.Endpoint);
        store = new(new() { Endpoint = s3.Endpoint, Region = s3.Region, Bucket = bucket, AccessKeyId = s3.AccessKey, SecretAccessKey = s3.SecretKey }, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        store.Dispose();
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_thousand_keys_the_server_goes_on_and_every_track_opens_with_the_new_key_alone()
    {
        var settings = s3.Location(bucket).ToDictionary();
        settings["Location__Endpoint"] = proxy.Endpoint.ToString();
        await using var before = await AdminServer.StartAsync(settings);
        await Eventually.CompleteAsync(async () => (await KeyFilesAsync()).Count > 0 ? null : $"No checkpoint of the audit trail was sealed for the earlier key.\n{before.Process.Output}", every: 500);
        await StopAsync(before);
        await s3.Owner.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancellation);
        await RecordAsync(before.Data);

        settings["Location__Key"] = KeyName;
        settings[$"Keys__{KeyName}__Region"] = s3.Region;
        settings["Rewrap__PerSecond"] = "1000";
        AdminServer? server = null;
        try
        {
            var done = 0;
            foreach (var (step, leavesVersion, at) in Steps)
            {
                proxy.Arm(at);
                if (server is null) { server = await AdminServer.StartOnAsync(before.Data, settings); } else { await server.StartAgainAsync(); }
                await WaitAsync(at.Reached, $"It never came to this step: {step}.", server);
                await KillAsync(server);
                proxy.Disarm();
                var pass = await PassAsync(server);
                Assert.True(pass is { EndedAt: null, Until: not null, LeaseUntil: not null }, step); // the batch that it was killed in is left as it was
                var now = await CountAsync(before.Data);
                Assert.True(now > done && now < Keys, $"{step}: {now} of {Keys}, after {done}");
                done = now;
                Assert.True(!leavesVersion || (await VersionsOfKeysAsync()).Count > (await KeyFilesAsync()).Count, step);
            }

            Guid last;
            await using (var catalogue = Open(server!)) { last = await catalogue.Sessions.MaxAsync(s => s.Id, Cancellation); }
            await server!.StartAgainAsync();
            await Eventually.CompleteAsync(async () => await PassAsync(server) is { LeaseUntil: null } pass && pass.After == last ? null : $"Not all keys were wrapped anew.\n{server.Process.Output}", every: 500);
            Assert.Null((await PassAsync(server)).EndedAt); // another server may hand out the earlier key for an hour
            await KillAsync(server);
            Assert.Equal(Keys, await CountAsync(before.Data));

            await LetTheHourPassAsync(server);
            await server.StartAgainAsync();
            await Eventually.CompleteAsync(async () => (await PassAsync(server)).EndedAt is not null ? null : $"The pass did not end.\n{server.Process.Output}", every: 500);
            await StopAsync(server);
            await SaysThatNothingHangsOnTheEarlierKeyAsync(server);

            File.Delete(Path.Combine(server.Data, "keys", "kek.pem"));
            await server.StartAgainAsync(); // without it
            await StopAsync(server);
            await OpensAsync(server);
        }
        finally
        {
            if (server is not null) { await server.DisposeAsync(); }
        }
    }

    /// <summary>The PUT that replaces a key: the second of its name, because this server refuses the first one for its condition, which it does not know on a bucket that keeps versions.</summary>
    private static Func<string, string, bool> Replacement()
    {
        var puts = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        return (line, _) => line.StartsWith("PUT ", StringComparison.Ordinal) && line.Contains("/v1/", StringComparison.Ordinal) && line.Contains($"/{TrackObjects.KeyFile}", StringComparison.Ordinal) && puts.AddOrUpdate(line, 1, (_, before) => before + 1) == 2;
    }

    private static bool IsDestruction(string line, string body) => line.StartsWith("POST ", StringComparison.Ordinal) && line.Contains("?delete", StringComparison.Ordinal) && body.Contains($"/{TrackObjects.KeyFile}", StringComparison.Ordinal);

    /// <summary>Sessions of yesterday with four tracks each, under the server's own key.</summary>
    private async Task RecordAsync(string data)
    {
        var then = TimeProvider.System.GetUtcNow().AddDays(-1);
        List<RecordedSession> rows = [];
        for (var number = 0; number < Sessions; number++)
        {
            using var session = await WrittenSession.InAsync(data, Guid.CreateVersion7(then.AddSeconds(number)));
            var row = new RecordedSession { Id = session.Id, Technician = "tina", CreatedAt = then, CodeExpiresAt = then, Region = s3.Region, State = SessionState.Recorded, ConsentDigest = session.ConsentDigest, ConsentAt = then, StartedAt = then, EndedAt = then };
            foreach (var track in Recorded) { await session.WriteTrackAsync(track, manifest: true, [1, 2, 3]); }
            await session.FinishConsentAsync();
            foreach (var track in (TrackName[])[TrackName.Consent, .. Recorded]) { row.Tracks.Add(new() { Session = session.Id, Name = track.Value, MediaType = "application/octet-stream", Segments = track == TrackName.Consent ? 2 : 1 }); }
            rows.Add(row);
        }

        var mirror = Path.Combine(data, "bucket");
        await Parallel.ForEachAsync(Directory.GetFiles(Path.Combine(mirror, "v1"), "*", SearchOption.AllDirectories), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation }, async (file, cancellation) =>
            await s3.Owner.PutObjectAsync(new() { BucketName = bucket, Key = Path.GetRelativePath(mirror, file), FilePath = file, UseChunkEncoding = false }, cancellation));
        Directory.Delete(mirror, recursive: true);
        await using var catalogue = Open(data);
        catalogue.Sessions.AddRange(rows);
        await catalogue.SaveChangesAsync(Cancellation);
    }

    /// <summary>How many data keys of recordings are wrapped for the new key.</summary>
    private async Task<int> CountAsync(string data)
    {
        using var next = LocalKeyFile.Open(Path.Combine(data, "keys", $"{KeyName}.pem"));
        return (await KeyFilesAsync()).Count(file => file.Kid == next.PublicKey.Kid && file.Name.StartsWith("v1/", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<(string Name, string Kid)>> KeyFilesAsync()
    {
        List<string> names = [];
        await foreach (var found in store.ListAsync("", startAfter: null, Cancellation)) { if (found.Name.EndsWith($"/{TrackObjects.KeyFile}", StringComparison.Ordinal)) { names.Add(found.Name); } }
        var files = new (string Name, string Kid)[names.Count];
        await Parallel.ForAsync(0, names.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation }, async (i, cancellation) =>
            files[i] = (names[i], JsonSerializer.Deserialize((await store.GetAsync(names[i], 1 << 16, cancellation))!, FormatJson.Default.KeyFile)!.Kid));
        return files;
    }

    private async Task<List<ObjectVersion>> VersionsOfKeysAsync()
    {
        List<ObjectVersion> versions = [];
        await foreach (var version in store.ListVersionsAsync("", Cancellation)) { if (version.Name.EndsWith($"/{TrackObjects.KeyFile}", StringComparison.Ordinal)) { versions.Add(version); } }
        return versions;
    }

    private static async Task SaysThatNothingHangsOnTheEarlierKeyAsync(AdminServer server)
    {
        using var next = LocalKeyFile.Open(Path.Combine(server.Data, "keys", $"{KeyName}.pem"));
        Assert.Equal((next.PublicKey.Kid, 0), ((await PassAsync(server)).Kid, (await PassAsync(server)).Unreadable));
        await using var catalogue = Open(server);
        var said = Assert.Single(await catalogue.Audit.AsNoTracking().Where(row => row.Action == "keys.rewrapped").ToListAsync(Cancellation));
        Assert.EndsWith($" data keys for {next.PublicKey.Kid}; nothing hangs on an earlier key", said.Detail, StringComparison.Ordinal);
    }

    /// <summary>One version of every key file and no delete marker; the audit trail's keys too; and every track verifies with the new key.</summary>
    private async Task OpensAsync(AdminServer server)
    {
        using var next = LocalKeyFile.Open(Path.Combine(server.Data, "keys", $"{KeyName}.pem"));
        var files = await KeyFilesAsync();
        Assert.True(files.Count > Keys, "The audit trail has keys too.");
        Assert.All(files, file => Assert.Equal((file.Name, next.PublicKey.Kid), file));
        var ofKeys = await VersionsOfKeysAsync();
        Assert.DoesNotContain(ofKeys, version => version.IsDeleteMarker);
        Assert.Equal(files.Select(file => file.Name).Order(StringComparer.Ordinal), ofKeys.Select(version => version.Name).Order(StringComparer.Ordinal));

        List<RecordedSession> sessions;
        await using (var catalogue = Open(server)) { sessions = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).ToListAsync(Cancellation); }
        var (reader, opened) = (new TrackReader(store, next), 0);
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation }, async (session, cancellation) =>
        {
            var consent = await reader.ReadConsentAsync(session.Id, cancellation);
            foreach (var name in session.Tracks.Select(row => new TrackName(row.Name)))
            {
                using var track = await reader.OpenAsync(session.Id, name, name == TrackName.Consent ? default : consent.Digest, signers: null, committed: null, cancellation);
                Assert.Equal(TrackStatus.Verified, (await track.VerifyAsync(progress: null, cancellation)).Status);
                Interlocked.Increment(ref opened);
            }
        });
        Assert.Equal(Keys, opened);
    }

    /// <summary>As if all that began had begun an hour earlier.</summary>
    private static async Task LetTheHourPassAsync(AdminServer server)
    {
        await using var catalogue = Open(server);
        foreach (var pass in await catalogue.KeyPasses.AsNoTracking().ToListAsync(Cancellation))
        {
            var earlier = pass.BeganAt - Settling;
            await catalogue.KeyPasses.Where(p => p.Id == pass.Id).ExecuteUpdateAsync(row => row.SetProperty(p => p.BeganAt, earlier), Cancellation);
        }
    }

    private static CatalogueDb Open(AdminServer server) => Open(server.Data);

    private static CatalogueDb Open(string data) => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(data, "catalogue.db")}").Options);

    private static async Task<KeyPass> PassAsync(AdminServer server)
    {
        await using var catalogue = Open(server);
        return await catalogue.KeyPasses.AsNoTracking().OrderByDescending(pass => pass.BeganAt).FirstAsync(Cancellation);
    }

    private static async Task KillAsync(AdminServer server)
    {
        server.Process.Kill();
        await server.Process.WaitForExitAsync(Eventually.Limit);
    }

    /// <summary>Other keys are refused for a while after a server was killed, which may only be out of reach.</summary>
    private static async Task StopAsync(AdminServer server)
    {
        server.Process.Terminate();
        await server.Process.WaitForExitAsync(Eventually.Limit);
    }

    private static async Task WaitAsync(Task reached, string otherwise, AdminServer server)
    {
        if (await Task.WhenAny(reached, Task.Delay(Eventually.Limit, Cancellation)) != reached) { Assert.Fail($"{otherwise}\n{server.Process.Output}"); }
    }
}
