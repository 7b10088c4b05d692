using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Rewrap;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.RetentionJobs.Tests.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Rewrap;

/// <summary>A key encryption key is replaced: every track opens with the new one alone, whatever interrupts it, and nothing that is deleted comes back.</summary>
public sealed class RewrapKeysTests(S3Server s3) : IAsyncLifetime
{
    private const int Sessions = 120;

    private readonly FindingsScene scene = new();
    private readonly string folder = Path.Combine(Path.GetTempPath(), "rewrap-" + Guid.NewGuid().ToString("N"));
    private readonly List<Guid> ids = [];
    private WrittenSession session = null!;
    private LocalKeyFile next = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await scene.Catalogue.AddAsync(session, scene.Clock.GetUtcNow().AddDays(-1), SessionState.Recorded);
        await scene.Catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1], [2]));
        await scene.Catalogue.ChangeAsync(session.Id, row => row.EndedAt = scene.Clock.GetUtcNow().AddHours(-1));
        next = LocalKeyFile.OpenOrCreate(Path.Combine(folder, "kek.pem"));
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        scene.Dispose();
        next.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_track_opens_with_the_new_key_alone_and_the_old_one_is_free_when_no_server_hands_it_out_any_more()
    {
        await RunAsync(Ring(session.Store));
        using (var track = await Reader(session.Store, next).OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, Cancellation))
        {
            Assert.Equal(TrackStatus.Verified, (await track.VerifyAsync(null, Cancellation)).Status);
        }

        await Assert.ThrowsAsync<TrackUnreadableException>(() => session.Reader.OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, Cancellation));
        Assert.Null((await PassAsync()).EndedAt);
        scene.Clock.Advance(RewrapKeys.Settling);
        await RunAsync(Ring(session.Store));
        var pass = await PassAsync();
        Assert.Equal((scene.Clock.GetUtcNow(), 2, 0), (pass.EndedAt, (int)pass.Rewrapped, (int)pass.Unreadable));
        Assert.Contains((await scene.TrailAsync("keys.")), row => row.EndsWith("2 data keys for " + next.PublicKey.Kid + "; nothing hangs on an earlier key", StringComparison.Ordinal));
        await RunAsync(Ring(session.Store));
        Assert.Single(await scene.ReadAsync(db => db.KeyPasses.ToListAsync()));
    }

    [Fact]
    public async Task Where_there_was_never_another_key_nothing_is_read()
    {
        await RunAsync(new(Location.Main, WrittenSession.Region, new InterceptedStore(session.Store), session.Kek, null));
        Assert.NotNull((await PassAsync()).EndedAt);
        Assert.Empty(await scene.TrailAsync("keys."));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(119)]
    public async Task Killed_in_the_middle_it_goes_on_and_leaves_no_earlier_version_of_a_key(int after)
    {
        using var store = await VersionedStoreAsync();
        await AddKeysAsync(store, Sessions);
        using var killed = new CancellationTokenSource();
        var replaced = 0;
        var dying = new DyingStore(store, () => { if (Interlocked.Increment(ref replaced) >= after) { killed.Cancel(); } });
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(Ring(dying), killed.Token));

        await RunAsync(Ring(store));
        scene.Clock.Advance(RewrapKeys.Settling);
        await RunAsync(Ring(store));
        Assert.NotNull((await PassAsync()).EndedAt);
        foreach (var id in ids)
        {
            var name = TrackObjects.NameOf(id, TrackName.Video, TrackObjects.KeyFile);
            var file = Read((await store.GetAsync(name, 1 << 16, Cancellation))!);
            Assert.Equal(next.PublicKey.Kid, file.Kid);
            using var key = await next.UnwrapAsync(file, Cancellation);
            Assert.Equal(1, await store.ListVersionsAsync(name, Cancellation).CountAsync(Cancellation));
        }
    }

    [Fact]
    public async Task What_a_killed_server_had_sent_and_is_carried_out_late_is_no_failure()
    {
        var late = 0;
        var name = TrackObjects.NameOf(session.Id, TrackName.Video, TrackObjects.KeyFile);
        await RunAsync(Ring(new DyingStore(session.Store, () => { })
        {
            BeforeReplace = async replaced =>
            {
                if (replaced != name || late++ > 0) { return; }

                var before = (await session.Store.GetAsync(name, 1 << 16, Cancellation))!;
                using var key = await session.Kek.UnwrapAsync(Read(before), Cancellation);
                Assert.True(await session.Store.ReplaceAsync(name, before, JsonSerializer.SerializeToUtf8Bytes(next.PublicKey.Wrap(session.Id, TrackName.Video, key), FormatJson.Default.KeyFile), Cancellation));
            },
        }));
        Assert.Equal(1, late);
        using var track = await Reader(session.Store, next).OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, Cancellation);
        Assert.Equal(TrackStatus.Verified, (await track.VerifyAsync(null, Cancellation)).Status);
    }

    [Fact]
    public async Task While_the_newest_version_of_a_key_does_not_open_the_one_before_it_stays()
    {
        using var store = await VersionedStoreAsync();
        await AddKeysAsync(store, 1);
        var name = TrackObjects.NameOf(ids[0], TrackName.Video, TrackObjects.KeyFile);
        var good = (await store.GetAsync(name, 1 << 16, Cancellation))!;
        var broken = Read(good) with { Kid = next.PublicKey.Kid, EncryptedKey = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(384)) };
        Assert.True(await store.ReplaceAsync(name, good, JsonSerializer.SerializeToUtf8Bytes(broken, FormatJson.Default.KeyFile), Cancellation));

        await RunAsync(Ring(store));

        Assert.Equal(1, (await PassAsync()).Unreadable);
        Assert.Equal(2, await store.ListVersionsAsync(name, Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_being_deleted_gets_no_key_again_and_what_is_being_rewrapped_is_deleted_later()
    {
        var name = TrackObjects.NameOf(session.Id, TrackName.Video, TrackObjects.KeyFile);
        await scene.Catalogue.ChangeAsync(session.Id, row => row.KeepUntil = scene.Clock.GetUtcNow().AddMinutes(-1));
        PurgeOutcome? meanwhile = null;
        var asked = 0;
        var dying = new DyingStore(session.Store, () => { }) { BeforeReplace = async _ => { if (Interlocked.Increment(ref asked) == 1) { meanwhile = await PurgeAsync(); } } };
        await RunAsync(Ring(dying));
        Assert.Equal(PurgeOutcome.Running, meanwhile);
        Assert.NotNull(await session.Store.FindAsync(name, Cancellation));

        Assert.Equal(PurgeOutcome.Purged, await PurgeAsync());
        await scene.ReadAsync(db => db.KeyPasses.ExecuteDeleteAsync());
        await RunAsync(Ring(session.Store));
        Assert.Null(await session.Store.FindAsync(name, Cancellation));
    }

    [Fact]
    public async Task A_session_that_still_goes_on_is_looked_at_again_and_one_that_nothing_unwraps_is_said()
    {
        await scene.Catalogue.ChangeAsync(session.Id, row => (row.State, row.EndedAt) = (SessionState.Recording, null));
        var chat = TrackObjects.NameOf(session.Id, TrackName.Chat, TrackObjects.KeyFile);
        await RunAsync(Ring(session.Store));
        scene.Clock.Advance(RewrapKeys.Settling);
        await RunAsync(Ring(session.Store));
        Assert.Null((await PassAsync()).EndedAt);

        // What it writes late is wrapped for the key that it was given; and somebody puts what is no key.
        await session.WriteTrackAsync(TrackName.Thumbnails, manifest: false, [9]);
        await scene.Catalogue.CommitAsync(session, TrackName.Thumbnails, []);
        await session.Store.PutOnceAsync(chat, "{}"u8.ToArray(), Cancellation);
        await scene.Catalogue.CommitAsync(session, TrackName.Chat, []);
        await scene.Catalogue.ChangeAsync(session.Id, row => (row.State, row.EndedAt) = (SessionState.Recorded, scene.Clock.GetUtcNow().AddHours(-1)));
        await RunAsync(Ring(session.Store));
        await RunAsync(Ring(session.Store));
        var pass = await PassAsync();
        Assert.NotNull(pass.EndedAt);
        Assert.True(pass.Unreadable >= 1);
        var file = Read((await session.Store.GetAsync(TrackObjects.NameOf(session.Id, TrackName.Thumbnails, TrackObjects.KeyFile), 1 << 16, Cancellation))!);
        Assert.Equal(next.PublicKey.Kid, file.Kid);
        Assert.Contains(await scene.TrailAsync("keys."), row => row.Contains("could not be unwrapped", StringComparison.Ordinal));
    }

    private Location Ring(IObjectStore store) => new(Location.Main, WrittenSession.Region, store, new KekRing(next, [session.Kek]), null);

    private static KeyFile Read(byte[] content) => JsonSerializer.Deserialize(content, FormatJson.Default.KeyFile)!;

    private async Task<S3ObjectStore> VersionedStoreAsync()
    {
        var bucket = await s3.NewBucketAsync(Cancellation);
        await s3.Owner.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = Amazon.S3.VersionStatus.Enabled } }, Cancellation);
        return new(new() { Endpoint = s3.Endpoint, Region = s3.Region, Bucket = bucket, AccessKeyId = s3.AccessKey, SecretAccessKey = s3.SecretKey }, TimeProvider.System);
    }

    private static TrackReader Reader(IObjectStore store, IKeyWrapper kek) => new(store, kek);

    private async Task RunAsync(Location main, CancellationToken? cancellation = null)
    {
        await using var db = scene.CreateDbContext();
        var report = new JobReport();
        await new RewrapKeys(db, new KnownLocations(main), Options.Create(new RewrapOptions { PerSecond = 1000 }), report, new WallClockDelays(scene.Clock), NullLogger<RewrapKeys>.Instance).RunAsync(cancellation ?? Cancellation);
        Assert.True(report.Tell().Failure is null, report.Tell().Failure);
    }

    private async Task<PurgeOutcome> PurgeAsync()
    {
        await using var db = scene.CreateDbContext();
        return await PurgeScene.Session(db, session.Store, session.ServerKey, scene.Clock).RunIfDueAsync(session.Id, "test", Cancellation);
    }

    private Task<KeyPass> PassAsync() => scene.ReadAsync(db => db.KeyPasses.AsNoTracking().SingleAsync());

    /// <summary>Sessions with a key each, and nothing else.</summary>
    private async Task AddKeysAsync(IObjectStore store, int sessions)
    {
        await using var db = scene.CreateDbContext();
        await db.Sessions.Where(s => s.Id == session.Id).ExecuteDeleteAsync(Cancellation);
        var then = scene.Clock.GetUtcNow().AddDays(-1);
        for (var number = 0; number < sessions; number++)
        {
            var id = Guid.CreateVersion7(then.AddSeconds(number));
            ids.Add(id);
            db.Sessions.Add(new() { Id = id, Technician = "tina", CreatedAt = then, CodeExpiresAt = then, CodeHash = new byte[32], Region = WrittenSession.Region, State = SessionState.Recorded, EndedAt = then });
            db.Tracks.Add(new() { Session = id, Name = "video", MediaType = "video/mp4" });
            using var key = DataKey.From(RandomNumberGenerator.GetBytes(32));
            await store.PutOnceAsync(TrackObjects.NameOf(id, TrackName.Video, TrackObjects.KeyFile), JsonSerializer.SerializeToUtf8Bytes(session.Kek.PublicKey.Wrap(id, TrackName.Video, key), FormatJson.Default.KeyFile), Cancellation);
        }

        await db.SaveChangesAsync(Cancellation);
    }
}
