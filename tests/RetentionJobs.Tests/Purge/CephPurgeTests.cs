using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Tests.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Purge;

/// <summary>T2 on a real S3 server: with versions, delete markers, unfinished uploads and Object Lock.</summary>
public sealed class CephPurgeTests(S3Server s3) : IAsyncLifetime
{
    private const string Prefix = "recordings/";
    private readonly ManualClock clock = new(TimeProvider.System.GetUtcNow()); // locks end by the server's clock
    private readonly RecordedCatalogue catalogue = new();
    private WrittenSession session = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await catalogue.AddAsync(session, clock.GetUtcNow().AddDays(-91), SessionState.Recorded);
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1], [2]));
        await catalogue.ChangeAsync(session.Id, row => (row.EndedAt, row.KeepUntil) = (clock.GetUtcNow().AddDays(-91), clock.GetUtcNow().AddDays(-1)));
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Of_a_bucket_with_versions_nothing_is_left_and_the_certificate_counts_all_of_it()
    {
        var bucket = await BucketAsync(locks: false);
        using var store = Open(bucket);
        var uploaded = await UploadAsync(store);
        var key = Prefix + TrackObjects.NameOf(session.Id, TrackName.Video, TrackObjects.KeyFile);
        await s3.Owner.PutObjectAsync(new() { BucketName = bucket, Key = key, ContentBody = "rewrapped" }, Cancellation); // a second version of a key
        await s3.Owner.DeleteObjectAsync(bucket, Prefix + TrackObjects.Segment(session.Id, TrackName.Video, 1), Cancellation); // a marker
        for (var part = 0; part < 3; part++) { await s3.Owner.InitiateMultipartUploadAsync(bucket, $"{Prefix}v1/{session.Id}/video/0000009{part}.seal", Cancellation); }
        await store.PutOnceAsync("v1/another/key.json", "x"u8.ToArray(), Cancellation);

        await RunJobAsync(store);
        var left = await s3.Owner.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, Cancellation);
        Assert.Equal([$"{Prefix}certificates/{session.Id}.jws", $"{Prefix}v1/another/key.json"], left.Versions.Select(version => version.Key));
        Assert.Empty((await s3.Owner.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket }, Cancellation)).MultipartUploads ?? []);
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
        var (certificate, signer) = DeletionCertificate.Verify(Encoding.ASCII.GetString((await store.GetAsync(DeletionCertificate.ObjectName(session.Id), 1 << 16, Cancellation))!));
        Assert.Equal(session.ServerKey.Public.Thumbprint, signer.Thumbprint);
        Assert.Equal((uploaded, uploaded + 1, 1, 3), (certificate.Deleted!.Objects, certificate.Deleted.Versions, certificate.Deleted.DeleteMarkers, certificate.Deleted.Uploads));
        Assert.Equal((0, 0, 0), (certificate.Listing!.Versions, certificate.Listing.DeleteMarkers, certificate.Listing.Uploads));
    }

    [Fact]
    public async Task A_held_session_stays_with_all_its_versions_and_goes_when_the_hold_is_lifted()
    {
        var bucket = await BucketAsync(locks: false);
        using var store = Open(bucket);
        var uploaded = await UploadAsync(store);
        await using (var open = catalogue.Open())
        {
            open.Holds.Add(PurgeScene.Hold(clock.GetUtcNow(), session.Id));
            await open.SaveChangesAsync(Cancellation);
        }

        await RunJobAsync(store);
        Assert.Equal(uploaded, (await s3.Owner.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, Cancellation)).Versions.Count);
        await using (var open = catalogue.Open())
        {
            DateTimeOffset? now = clock.GetUtcNow();
            await open.Holds.ExecuteUpdateAsync(row => row.SetProperty(h => h.LiftedAt, now), Cancellation);
        }

        await RunJobAsync(store);
        Assert.Single((await s3.Owner.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, Cancellation)).Versions);
    }

    [Fact]
    public async Task Under_Object_Lock_it_waits_for_the_end_of_the_lock_and_then_nothing_is_left()
    {
        var bucket = await BucketAsync(locks: true);
        using var store = Open(bucket);
        await UploadAsync(store);
        var end = TimeProvider.System.GetUtcNow().AddSeconds(20);
        var locked = Prefix + TrackObjects.Segment(session.Id, TrackName.Video, 1);
        await s3.Owner.PutObjectRetentionAsync(new() { BucketName = bucket, Key = locked, Retention = new() { Mode = ObjectLockRetentionMode.Compliance, RetainUntilDate = end.UtcDateTime } }, Cancellation);

        await RunJobAsync(store);
        Assert.Equal([locked], (await s3.Owner.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, Cancellation)).Versions.Select(version => version.Key));
        await using (var open = catalogue.Open())
        {
            var purge = await open.Purges.SingleAsync(Cancellation);
            Assert.Equal((1, end.ToUnixTimeSeconds()), (purge.Locked, purge.LockedUntil!.Value.ToUnixTimeSeconds()));
            Assert.True(purge.NotBefore >= purge.LockedUntil);
        }

        clock.Advance(TimeSpan.FromSeconds(10));
        await RunJobAsync(store); // not yet
        Assert.Equal(SessionState.Purging, (await catalogue.ReadAsync(session.Id)).State);
        clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.CompleteAsync(async () =>
        {
            await RunJobAsync(store);
            clock.Advance(TimeSpan.FromMinutes(2)); // the server's own clock says when
            return (await catalogue.ReadAsync(session.Id)).State == SessionState.Purged ? null : "The lock has ended, and it is not deleted.";
        }, every: 500);
        Assert.Equal([$"{Prefix}certificates/{session.Id}.jws"], (await s3.Owner.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket }, Cancellation)).Versions.Select(version => version.Key));
    }

    [Fact]
    public async Task A_legal_hold_of_the_buckets_own_has_no_end_and_is_looked_at_every_day()
    {
        var bucket = await BucketAsync(locks: true);
        using var store = Open(bucket);
        await UploadAsync(store);
        var held = Prefix + TrackObjects.NameOf(session.Id, TrackName.Video, TrackObjects.KeyFile);
        await s3.Owner.PutObjectLegalHoldAsync(new() { BucketName = bucket, Key = held, LegalHold = new() { Status = ObjectLockLegalHoldStatus.On } }, Cancellation);
        await RunJobAsync(store);
        await using (var open = catalogue.Open())
        {
            var purge = await open.Purges.SingleAsync(Cancellation);
            Assert.Equal((1, null, null), (purge.Locked, purge.LockedUntil, purge.KeysDestroyedAt)); // nor does it claim that the key is gone
            Assert.Equal(clock.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds(), purge.NotBefore!.Value.ToUnixTimeMilliseconds());
        }

        await s3.Owner.PutObjectLegalHoldAsync(new() { BucketName = bucket, Key = held, LegalHold = new() { Status = ObjectLockLegalHoldStatus.Off } }, Cancellation);
        clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await RunJobAsync(store);
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
    }

    private async Task<string> BucketAsync(bool locks)
    {
        var bucket = S3Server.NewBucketName();
        await s3.Owner.PutBucketAsync(new PutBucketRequest { BucketName = bucket, ObjectLockEnabledForBucket = locks }, Cancellation);
        if (!locks) { await s3.Owner.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancellation); }
        return bucket;
    }

    /// <summary>Puts what the session wrote into the bucket; returns how many objects.</summary>
    private async Task<int> UploadAsync(S3ObjectStore store)
    {
        var names = await session.Store.ListAsync("v1/", null, Cancellation).Select(found => found.Name).ToListAsync(Cancellation);
        foreach (var name in names) { await store.PutOnceAsync(name, (await session.Store.GetAsync(name, 1 << 20, Cancellation))!, Cancellation); }
        return names.Count;
    }

    private S3ObjectStore Open(string bucket) => new(
        new() { Endpoint = s3.Endpoint, Region = s3.Region, Bucket = bucket, Prefix = Prefix, AccessKeyId = s3.AccessKey, SecretAccessKey = s3.SecretKey }, TimeProvider.System);

    private async Task RunJobAsync(IObjectStore store)
    {
        await using var open = catalogue.Open();
        await PurgeScene.Job(open, store, session.ServerKey, clock).RunAsync(Cancellation);
    }
}
