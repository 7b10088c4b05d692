using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Moving;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Moving;

/// <summary>Recordings go to another location of their region: sealed as they are, read back, and gone from the old one only then.</summary>
public sealed class MoveRecordingsTests : IAsyncLifetime
{
    private readonly FindingsScene scene = new();
    private readonly string folder = Path.Combine(Path.GetTempPath(), "moved-" + Guid.NewGuid().ToString("N"));
    private WrittenSession session = null!;
    private LocalKeyFile kek = null!;
    private Location north = null!;
    private KnownLocations known = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await scene.Catalogue.AddAsync(session, scene.Clock.GetUtcNow().AddDays(-1), SessionState.Recorded);
        await scene.Catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1], [2]));
        await scene.Catalogue.ChangeAsync(session.Id, row => row.EndedAt = scene.Clock.GetUtcNow().AddHours(-1));
        kek = LocalKeyFile.OpenOrCreate(Path.Combine(folder, "kek.pem"));
        var store = new FolderObjectStore(Path.Combine(folder, "bucket"), new FolderUploadAddresses(new("http://127.0.0.1/"), new byte[32], TimeProvider.System));
        await store.ProvisionAsync(default);
        north = new("north", WrittenSession.Region, store, kek, null);
        known = session.Locations;
        known.Take([north], []);
        await using var db = scene.CreateDbContext();
        db.LocationMoves.Add(new() { Id = Guid.NewGuid(), From = Location.Main, To = "north", At = scene.Clock.GetUtcNow(), By = "ada" });
        await db.SaveChangesAsync();
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        scene.Dispose();
        kek.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_opens_in_the_new_place_with_that_ones_key_and_the_old_place_is_emptied_later_and_certified()
    {
        await RunAsync();
        Assert.Equal("north", (await scene.Catalogue.ReadAsync(session.Id)).Location);
        using (var track = await north.Reader.OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, default))
        {
            Assert.Equal(TrackStatus.Verified, (await track.VerifyAsync(null, default)).Status);
        }

        Assert.NotEmpty(Below(session.Bucket)); // who watches it now goes on
        scene.Clock.Advance(EmptyOldPlace.Unread + TimeSpan.FromSeconds(1));
        await RunAsync();
        Assert.Empty(Below(session.Bucket));
        Assert.NotEmpty(Below(Path.Combine(folder, "bucket")));
        var file = Assert.Single(Directory.GetFiles(Path.Combine(session.Bucket, "certificates", $"{session.Id}")));
        var (certificate, signer) = DeletionCertificate.Verify(await File.ReadAllTextAsync(file, Encoding.ASCII));
        Assert.Equal((DeletionReason.Moved, session.ServerKey.Public.Thumbprint), (certificate.Reason, signer.Thumbprint));
        Assert.True(certificate.Deleted!.Objects > 4);
        Assert.Empty(await scene.ReadAsync(db => db.MovedRecordings.ToListAsync()));
        Assert.NotNull((await scene.ReadAsync(db => db.LocationMoves.SingleAsync())).EndedAt);
    }

    [Fact]
    public async Task Killed_while_the_old_place_is_emptied_it_goes_on_and_certifies_all_of_it()
    {
        await RunAsync();
        var all = Below(session.Bucket);
        scene.Clock.Advance(EmptyOldPlace.Unread + TimeSpan.FromSeconds(1));
        File.WriteAllText(Path.Combine(session.Bucket, "certificates"), ""); // where a folder must be: it ends before it certifies
        await RunAsync();
        Assert.Empty(Below(session.Bucket));
        Assert.NotEmpty(await scene.ReadAsync(db => db.MovedRecordings.ToListAsync()));

        File.Delete(Path.Combine(session.Bucket, "certificates"));
        await RunAsync();
        var file = Assert.Single(Directory.GetFiles(Path.Combine(session.Bucket, "certificates", $"{session.Id}")));
        var (certificate, _) = DeletionCertificate.Verify(await File.ReadAllTextAsync(file, Encoding.ASCII));
        Assert.Equal(all.Length, certificate.Deleted!.Objects);
        Assert.Empty(await scene.ReadAsync(db => db.MovedRecordings.ToListAsync()));
    }

    [Fact]
    public async Task What_is_there_under_the_same_name_and_is_something_else_stops_it_and_nothing_is_lost()
    {
        await north.Store.PutOnceAsync(TrackObjects.Segment(session.Id, TrackName.Video, 1), "somebody else's"u8.ToArray(), default);
        await RunAsync();
        Assert.Equal(Location.Main, (await scene.Catalogue.ReadAsync(session.Id)).Location);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        await RunAsync();
        Assert.NotEmpty(Below(session.Bucket));
    }

    [Fact]
    public async Task What_an_attempt_months_ago_wrapped_for_a_key_that_is_destroyed_by_now_is_wrapped_anew()
    {
        var store = new LocalKeyStore(folder);
        using var months = new ExpiryKeys("north", null, north.Store, _ => store, key => key, scene.CreateDbContext, session.ServerKey, new(session.ServerKey), scene.Clock);
        known.Take([north = north with { KeysExpire = true, ExpiryKeys = months }], []);
        await scene.Catalogue.ChangeAsync(session.Id, row => row.KeepUntil = scene.Clock.GetUtcNow().AddYears(1));
        var name = TrackObjects.NameOf(session.Id, TrackName.Video, TrackObjects.KeyFile);
        var file = JsonSerializer.Deserialize((await session.Store.GetAsync(name, 1 << 16, default))!, FormatJson.Default.KeyFile)!;
        var earlier = await months.ForAsync(ExpiryMonth.Of(scene.Clock.GetUtcNow()), default);
        using (var key = await session.Kek.UnwrapAsync(file, default))
        {
            await north.Store.PutOnceAsync(name, JsonSerializer.SerializeToUtf8Bytes(earlier.Key.Wrap(session.Id, TrackName.Video, key), FormatJson.Default.KeyFile), default);
        }

        await scene.ReadAsync(db => db.ExpiryKeys.ExecuteUpdateAsync(row => row.SetProperty(k => k.DestroyingSince, scene.Clock.GetUtcNow())));
        await months.DestroyAsync(await scene.ReadAsync(db => db.ExpiryKeys.AsNoTracking().SingleAsync()), default);
        scene.Clock.Advance(TimeSpan.FromDays(60));

        await RunAsync();
        Assert.Equal("north", (await scene.Catalogue.ReadAsync(session.Id)).Location);
        using var track = await north.Reader.OpenAsync(session.Id, TrackName.Video, session.ConsentDigest, null, null, default);
        Assert.Equal(TrackStatus.Verified, (await track.VerifyAsync(null, default)).Status);
        var kid = JsonSerializer.Deserialize((await north.Store.GetAsync(name, 1 << 16, default))!, FormatJson.Default.KeyFile)!.Kid;
        Assert.Equal("2027-11", await scene.ReadAsync(async db => $"{new ExpiryMonth((await db.ExpiryKeys.SingleAsync(k => k.Kid == kid)).Month)}"));
    }

    [Fact]
    public async Task What_is_being_deleted_is_not_moved()
    {
        await scene.Catalogue.ChangeAsync(session.Id, row => row.State = SessionState.Purging);
        await RunAsync();
        Assert.Empty(Below(Path.Combine(folder, "bucket")));
    }

    [Fact]
    public void Nothing_goes_to_another_region()
    {
        Assert.Contains("never go to another region", MoveRecordings.Refusal(known.Main, north with { Region = "overseas-1" }), StringComparison.Ordinal);
        Assert.Null(MoveRecordings.Refusal(known.Main, north));
    }

    private async Task RunAsync()
    {
        await using var db = scene.CreateDbContext();
        var report = new JobReport();
        await new MoveRecordings(
            db, known, new(db, scene.Clock), new(db, known, session.ServerKey, report, scene.Clock, NullLogger<EmptyOldPlace>.Instance), report, scene.Clock, NullLogger<MoveRecordings>.Instance).RunAsync(default);
    }

    private string[] Below(string bucket)
    {
        var prefix = Path.Combine(bucket, "v1", $"{session.Id}");
        return Directory.Exists(prefix) ? Directory.GetFiles(prefix, "*", SearchOption.AllDirectories) : [];
    }
}
