// Longer than 300 lines: the life of a month's key from its making to its end, with all that may interrupt it; every test needs the whole scene.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Rewrap;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.RetentionJobs.Tests.Purge;
using SecureRecorder.RetentionJobs.Tests.Rewrap;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Expiry;

/// <summary>A month's key goes when the month is over and nothing hangs on it; what is kept longer opens for as long as it is kept, whatever interrupts the job.</summary>
public sealed class DestroyExpiredKeysTests : IAsyncLifetime
{
    private static readonly ExpiryMonth November = new((2026 * 12) + 10);
    private static readonly DateTimeOffset December2 = new(2026, 12, 2, 1, 0, 0, TimeSpan.Zero);

    private readonly FindingsScene scene = new();
    private readonly Dictionary<Guid, byte[]> keys = [];
    private readonly SigningKey server = SigningKey.Create();
    private readonly DyingKeyStore store;
    private readonly FolderObjectStore bucket;
    private readonly LocalKeyFile own;
    private readonly string folder = Directory.CreateTempSubdirectory("months-").FullName;

    public DestroyExpiredKeysTests()
    {
        store = new(new LocalKeyStore(Path.Combine(folder, "keys")));
        bucket = new(Path.Combine(folder, "bucket"), new FolderUploadAddresses(new("http://127.0.0.1/"), new byte[32], TimeProvider.System));
        OwnerOnlyFile.Create(Path.Combine(folder, "keys", "kek.pem"), WrittenSession.SharedKek);
        own = LocalKeyFile.Open(Path.Combine(folder, "keys", "kek.pem"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await bucket.ProvisionAsync(Cancellation);

    public ValueTask DisposeAsync()
    {
        scene.Dispose();
        server.Dispose();
        own.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_month_that_is_over_goes_with_its_key_once_nothing_hangs_on_it()
    {
        var session = await AddAsync(November, until: new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero));
        await RunAtAsync(December2);
        Assert.Null((await KeyAsync(November)).DestroyingSince); // it is due, and not deleted yet

        var file = await FileOfAsync(session);
        await scene.ReadAsync(db => db.Tracks.ExecuteUpdateAsync(row => row.SetProperty(t => t.PurgedAt, December2)));
        await RunAtAsync(December2);
        var key = await KeyAsync(November);
        Assert.Equal((December2, null), (key.DestroyedAt, key.RecoverableUntil));
        Assert.False(File.Exists(Path.Combine(folder, "keys", key.Name + ".pem")));
        var signed = Encoding.ASCII.GetString((await bucket.GetAsync(KeyDestructionCertificate.ObjectName(key.Name), 1 << 16, Cancellation))!);
        Assert.Equal(key.Certificate, signed);
        var (certificate, signer) = KeyDestructionCertificate.Verify(signed);
        Assert.Equal((key.Kid, key.Name, "2026-11", December2, server.Public.Thumbprint), (certificate.Kid, certificate.Name, certificate.Month, certificate.At, signer.Thumbprint));
        using var place = Open();
        var refused = await Assert.ThrowsAsync<KeyUnwrapException>(async () => (await place.At.Keys.UnwrapAsync(file, Cancellation)).Dispose());
        Assert.Contains("The key of 2026-11", refused.Message, StringComparison.Ordinal);
        Assert.Contains("was destroyed on 2 December 2026", refused.Message, StringComparison.Ordinal);
        await RunAtAsync(December2);
        Assert.Single(await scene.TrailAsync("keys.month-destroyed"));
    }

    [Fact]
    public async Task A_key_is_kept_for_a_day_after_its_month()
    {
        await MakeAsync(November);
        await RunAtAsync(November.End.AddHours(23));
        Assert.Null((await KeyAsync(November)).DestroyedAt);
        await RunAtAsync(November.End.AddHours(25));
        Assert.NotNull((await KeyAsync(November)).DestroyedAt);
    }

    [Theory]
    [InlineData("held", "2026-12")]
    [InlineData("kept longer", "2027-01")]
    [InlineData("kept without a date", "own")]
    public async Task What_is_kept_beyond_the_month_is_wrapped_for_a_later_one_and_opens(string why, string expected)
    {
        var session = await AddAsync(November, until: why switch { "held" => new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero), "kept longer" => new(2027, 1, 15, 0, 0, 0, TimeSpan.Zero), _ => null });
        if (why == "held") { await HoldAsync(session); }

        await RunAtAsync(December2);
        Assert.NotNull((await KeyAsync(November)).DestroyedAt);
        await OpensAsync(session);
        Assert.Equal(expected, await HangsOnAsync(session));
    }

    [Fact]
    public async Task The_keys_of_the_months_in_which_recordings_of_the_next_four_weeks_expire_are_made_before()
    {
        await scene.ReadAsync(db =>
        {
            db.RetentionPolicies.Add(new()
            {
                Team = RetentionPolicy.Organization, Version = 1, At = November.Begin, By = "server", Why = "x",
                Rules = [.. Enum.GetValues<RetentionPart>().Select(part => new RetentionRule { Part = part, Keep = RetentionKind.Days, Days = 90 })],
            });
            return db.SaveChangesAsync(Cancellation);
        });
        await RunAtAsync(new(2026, 11, 5, 0, 0, 0, TimeSpan.Zero)); // 90 days on it is 3 February, four weeks later 3 March
        Assert.Equal(["2027-02", "2027-03"], await scene.ReadAsync(async db => (await db.ExpiryKeys.OrderBy(k => k.Month).Select(k => k.Month).ToListAsync(Cancellation)).Select(month => $"{new ExpiryMonth(month)}").ToList()));
    }

    [Fact]
    public async Task What_a_rewrap_has_in_work_is_left_to_it_for_as_long_as_its_lease_lasts()
    {
        var session = await AddAsync(November, until: new(2027, 1, 15, 0, 0, 0, TimeSpan.Zero));
        await scene.ReadAsync(db =>
        {
            db.KeyPasses.Add(new() { Id = Guid.NewGuid(), Location = Location.Main, Kid = own.PublicKey.Kid, BeganAt = December2, Until = session, LeaseUntil = December2.AddMinutes(5) });
            return db.SaveChangesAsync(Cancellation);
        });
        await RunAtAsync(December2);
        Assert.Equal("2026-11", await HangsOnAsync(session));
        await RunAtAsync(December2.AddMinutes(6));
        Assert.Equal("2027-01", await HangsOnAsync(session));
    }

    [Fact]
    public async Task What_is_held_for_years_moves_from_month_to_month_and_each_months_key_goes()
    {
        var session = await AddAsync(November, until: new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero));
        await HoldAsync(session);
        for (var month = 1; month <= 4; month++)
        {
            await RunAtAsync(new ExpiryMonth(November.Number + month).Begin.AddDays(2));
            Assert.NotNull((await KeyAsync(new(November.Number + month - 1))).DestroyedAt);
            Assert.Equal($"{new ExpiryMonth(November.Number + month)}", await HangsOnAsync(session));
        }

        await OpensAsync(session);
    }

    [Fact]
    public async Task What_goes_earlier_than_was_foreseen_goes_with_the_earlier_months_key()
    {
        var session = await AddAsync(new(November.Number + 3), until: new(2026, 12, 24, 0, 0, 0, TimeSpan.Zero));
        await RunAtAsync(December2);
        Assert.Equal("2026-12", await HangsOnAsync(session));
        await OpensAsync(session);
    }

    [Theory]
    [InlineData("session under way")]
    [InlineData("export")]
    public async Task A_key_that_something_may_need_stays(string what)
    {
        var session = await AddAsync(November, until: new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero));
        await scene.ReadAsync(db => db.Tracks.ExecuteUpdateAsync(row => row.SetProperty(t => t.PurgedAt, December2)));
        var id = (await KeyAsync(November)).Id;
        await scene.ReadAsync(async db =>
        {
            if (what == "export") { db.Exports.Add(new() { Id = Guid.NewGuid(), Session = session, Requester = "tina", Purpose = "x", RequestedAt = December2, Tracks = "video", Stored = true, ExpiryKey = id }); }
            else { await db.Sessions.ExecuteUpdateAsync(row => row.SetProperty(s => s.State, SessionState.Recording), Cancellation); }
            return await db.SaveChangesAsync(Cancellation);
        });
        await RunAtAsync(December2);
        Assert.Null((await KeyAsync(November)).DestroyingSince);

        await scene.ReadAsync(async db => await db.Exports.ExecuteDeleteAsync(Cancellation) + await db.Sessions.ExecuteUpdateAsync(row => row.SetProperty(s => s.State, SessionState.Recorded), Cancellation));
        await RunAtAsync(December2);
        Assert.NotNull((await KeyAsync(November)).DestroyedAt);
    }

    [Theory]
    [InlineData("before the store destroys it")]
    [InlineData("after the store destroyed it")]
    [InlineData("before the certificate is put")]
    [InlineData("after the certificate is put")]
    public async Task Killed_while_it_destroys_it_goes_on_and_certifies_once(string when)
    {
        await MakeAsync(November);
        var intercepted = new InterceptedStore(bucket);
        if (when.Contains("certificate", StringComparison.Ordinal)) { (when.StartsWith("before", StringComparison.Ordinal) ? intercepted.Before : intercepted.After).Add("PUT", () => throw new KilledException()); }
        else if (when.StartsWith("before", StringComparison.Ordinal)) { store.BeforeDestroy = () => throw new KilledException(); }
        else { store.AfterDestroy = () => throw new KilledException(); }

        await Assert.ThrowsAsync<KilledException>(() => RunAtAsync(December2, intercepted));
        (store.BeforeDestroy, store.AfterDestroy) = (null, null);
        Assert.Empty(await scene.TrailAsync("keys.month-destroyed"));
        Assert.NotNull((await KeyAsync(November)).DestroyingSince);
        using (var place = Open()) { await Assert.ThrowsAsync<KeyServiceException>(() => place.At.Months.ForAsync(November, Cancellation)); } // nothing is wrapped for it any more

        await RunAtAsync(December2.AddHours(1));
        var key = await KeyAsync(November);
        Assert.NotNull(key.DestroyedAt);
        Assert.Single(await scene.TrailAsync("keys.month-destroyed"));
        Assert.Equal(key.Certificate, Encoding.ASCII.GetString((await bucket.GetAsync(KeyDestructionCertificate.ObjectName(key.Name), 1 << 16, Cancellation))!));
        Assert.False(File.Exists(Path.Combine(folder, "keys", key.Name + ".pem")));
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_while_it_wraps_anew_and_back_after_months_it_destroys_no_key_that_something_hangs_on(string when)
    {
        var session = await AddAsync(November, until: new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero));
        await HoldAsync(session);
        var dying = when == "before" ? new DyingStore(bucket, () => { }) { BeforeReplace = _ => throw new KilledException() } : new DyingStore(bucket, () => throw new KilledException());
        await Assert.ThrowsAnyAsync<Exception>(() => RunAtAsync(December2, dying));
        await scene.ReadAsync(db => db.Tracks.Where(t => t.RewrapUntil == null).ExecuteDeleteAsync(Cancellation)); // what it began is in the catalogue, or the test tests nothing

        // It is back in March, and the bucket does not answer yet.
        var march = new DateTimeOffset(2027, 3, 3, 0, 0, 0, TimeSpan.Zero);
        await RunAtAsync(march, new DyingStore(bucket, () => { }) { BeforeGet = () => throw new ObjectStoreException("It does not answer.") }, fails: true);
        Assert.Null((await KeyAsync(November)).DestroyedAt);
        Assert.Null((await KeyAsync(new(November.Number + 1))).DestroyedAt);

        await RunAtAsync(march.AddHours(1));
        await OpensAsync(session);
        Assert.Equal("2027-03", await HangsOnAsync(session));
        Assert.NotNull((await KeyAsync(November)).DestroyedAt);
        Assert.NotNull((await KeyAsync(new(November.Number + 1))).DestroyedAt);
    }

    [Fact]
    public async Task A_key_file_that_is_none_keeps_its_own_months_key_and_no_other()
    {
        var session = await AddAsync(November, until: new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero));
        var name = TrackObjects.NameOf(session, TrackName.Video, TrackObjects.KeyFile);
        Assert.True(await bucket.ReplaceAsync(name, (await bucket.GetAsync(name, 1 << 16, Cancellation))!, "{}"u8.ToArray(), Cancellation));
        await MakeAsync(new(November.Number - 1));
        var other = await AddAsync(November, until: new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero));
        await RunAtAsync(December2, fails: true);
        Assert.NotNull((await KeyAsync(new(November.Number - 1))).DestroyedAt);
        Assert.Null((await KeyAsync(November)).DestroyedAt);
        Assert.Equal("2027-03", await HangsOnAsync(other));
        await OpensAsync(other);
    }

    [Fact]
    public async Task While_the_vault_is_away_nothing_is_destroyed_or_lost_and_afterwards_it_goes_on()
    {
        var session = await AddAsync(November, until: new(2027, 3, 1, 0, 0, 0, TimeSpan.Zero));
        store.IsAway = true;
        await RunAtAsync(December2, fails: true);
        Assert.Null((await KeyAsync(November)).DestroyingSince);
        Assert.Equal("2026-11", await HangsOnAsync(session));

        store.IsAway = false;
        await RunAtAsync(December2.AddHours(1));
        Assert.NotNull((await KeyAsync(November)).DestroyedAt);
        await OpensAsync(session);
    }

    [Fact]
    public async Task Two_processes_that_need_the_first_key_of_a_month_make_one()
    {
        using var one = Open();
        using var other = Open();
        var made = await Task.WhenAll(one.At.Months.ForAsync(November, Cancellation), other.At.Months.ForAsync(November, Cancellation));
        Assert.Equal(made[0].ExpiryKey, made[1].ExpiryKey);
        Assert.Equal(made[0].Key.Kid, made[1].Key.Kid);
        Assert.Single(await scene.ReadAsync(db => db.ExpiryKeys.AsNoTracking().ToListAsync(Cancellation)));
        Assert.Single(await scene.TrailAsync("keys.month-made"));
    }

    [Fact]
    public async Task A_key_that_somebody_wrote_into_the_catalogue_is_not_wrapped_for()
    {
        await MakeAsync(November);
        using var forger = SigningKey.Create();
        using var theirs = LocalKeyFile.OpenOrCreate(Path.Combine(folder, "theirs.pem"));
        var row = await KeyAsync(November);
        var forged = new ExpiryKeyRecord(ExpiryKeyRecord.FormatName, Location.Main, "2026-11", row.Name, theirs.PublicKey, row.MadeAt);
        await scene.ReadAsync(db => db.ExpiryKeys.ExecuteUpdateAsync(k => k.SetProperty(x => x.Kid, forged.Key.Kid).SetProperty(x => x.Record, forged.Sign(forger)), Cancellation));
        using var place = Open();
        await Assert.ThrowsAsync<TrackAlteredException>(() => place.At.Months.ForAsync(November, Cancellation));
    }

    [Fact]
    public async Task A_store_that_is_slow_to_find_one_key_keeps_nobody_waiting_whose_key_is_open()
    {
        var (open, other) = (await FileOfAsync(await AddAsync(November, until: null)), await FileOfAsync(await AddAsync(new(November.Number + 1), until: null)));
        using var place = Open();
        (await place.At.Keys.UnwrapAsync(open, Cancellation)).Dispose();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        store.BeforeFind = () =>
        {
            asked.SetResult();
            return answer.Task;
        };
        var slow = place.At.Keys.UnwrapAsync(other, Cancellation).AsTask();
        await asked.Task;

        (await place.At.Keys.UnwrapAsync(open, Cancellation).AsTask().WaitAsync(TimeSpan.FromMinutes(2), Cancellation)).Dispose();

        Assert.False(slow.IsCompleted);
        answer.SetResult();
        (await slow).Dispose();
    }

    private async Task MakeAsync(ExpiryMonth month)
    {
        using var place = Open();
        await place.At.Months.ForAsync(month, Cancellation);
    }

    /// <summary>A session that is over, with a video's key alone.</summary>
    private async Task<Guid> AddAsync(ExpiryMonth month, DateTimeOffset? until)
    {
        using var place = Open();
        var (then, wraps) = (scene.Clock.GetUtcNow().AddDays(-1), await place.At.Months.ForAsync(month, Cancellation));
        var id = Guid.CreateVersion7(then.AddSeconds(keys.Count));
        keys.Add(id, RandomNumberGenerator.GetBytes(32));
        using var key = DataKey.From([.. keys[id]]);
        await bucket.PutOnceAsync(TrackObjects.NameOf(id, TrackName.Video, TrackObjects.KeyFile), JsonSerializer.SerializeToUtf8Bytes(wraps.Key.Wrap(id, TrackName.Video, key), FormatJson.Default.KeyFile), Cancellation);
        await scene.ReadAsync(db =>
        {
            db.Sessions.Add(new()
            {
                Id = id, Technician = "tina", CreatedAt = then, CodeExpiresAt = then, CodeHash = new byte[32], Region = WrittenSession.Region, State = SessionState.Recorded, EndedAt = then, KeysExpire = true, KeepUntil = until,
            });
            db.Tracks.Add(new() { Session = id, Name = "video", MediaType = "video/mp4", ExpiryKey = wraps.ExpiryKey });
            return db.SaveChangesAsync(Cancellation);
        });
        return id;
    }

    private Task HoldAsync(Guid session) => scene.ReadAsync(db =>
    {
        var now = scene.Clock.GetUtcNow();
        db.Holds.Add(new() { Id = Guid.NewGuid(), Session = session, Owner = "ada", PlacedBy = "ada", PlacedAt = now, ReviewAt = now.AddDays(30), Reason = "Case 12" });
        return db.SaveChangesAsync(Cancellation);
    });

    private Task<ExpiryKey> KeyAsync(ExpiryMonth month) => scene.ReadAsync(db => db.ExpiryKeys.AsNoTracking().SingleAsync(k => k.Month == month.Number, Cancellation));

    private async Task<KeyFile> FileOfAsync(Guid session) => JsonSerializer.Deserialize((await bucket.GetAsync(TrackObjects.NameOf(session, TrackName.Video, TrackObjects.KeyFile), 1 << 16, Cancellation))!, FormatJson.Default.KeyFile)!;

    /// <summary>By what its key file says, and the catalogue says the same.</summary>
    private async Task<string> HangsOnAsync(Guid session)
    {
        var kid = (await FileOfAsync(session)).Kid;
        var (row, track) = await scene.ReadAsync(async db => (await db.ExpiryKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Kid == kid, Cancellation), await db.Tracks.AsNoTracking().SingleAsync(t => t.Session == session, Cancellation)));
        Assert.Equal((row?.Id, null, null), (track.ExpiryKey, track.NextExpiryKey, track.RewrapUntil));
        return row is null ? (kid == own.PublicKey.Kid ? "own" : kid) : $"{new ExpiryMonth(row.Month)}";
    }

    private async Task OpensAsync(Guid session)
    {
        using var place = Open();
        using var opened = await place.At.Keys.UnwrapAsync(await FileOfAsync(session), Cancellation);
        using var expected = DataKey.From([.. keys[session]]);
        Assert.True(opened.HasSameBytesAs(expected));
    }

    /// <summary>As a server that starts at this moment does it.</summary>
    private async Task RunAtAsync(DateTimeOffset now, IObjectStore? through = null, bool fails = false)
    {
        scene.Clock.Advance(now - scene.Clock.GetUtcNow());
        using var place = Open(through);
        await using var db = scene.CreateDbContext();
        var (report, clock) = (new JobReport(), new WallClockDelays(scene.Clock));
        var wrap = new WrapForOtherMonths(db, Options.Create(new RewrapOptions { PerSecond = 1000 }), report, clock, NullLogger<WrapForOtherMonths>.Instance);
        await new DestroyExpiredKeys(new(place.At), new(db, clock), wrap, new(db, server, report, clock), report, NullLogger<DestroyExpiredKeys>.Instance).RunAsync(Cancellation);
        Assert.Equal(fails, report.Tell().Failure is not null);
    }

    private Place Open(IObjectStore? through = null)
    {
        var months = new ExpiryKeys(Location.Main, null, through ?? bucket, _ => store, key => key, scene.CreateDbContext, server, new(server, []), new WallClockDelays(scene.Clock));
        return new(months, new(Location.Main, WrittenSession.Region, through ?? bucket, own, null) { KeysExpire = true, ExpiryKeys = months });
    }

    private sealed record Place(ExpiryKeys Months, Location At) : IDisposable
    {
        public void Dispose() => Months.Dispose();
    }

    /// <summary>What a process does that is killed: nothing of the job catches it.</summary>
    private sealed class KilledException : Exception;

    /// <summary>A store of keys in the middle of whose work something happens.</summary>
    private sealed class DyingKeyStore(IKeyStore inner) : IKeyStore
    {
        public Action? BeforeDestroy { get; set; }
        public Action? AfterDestroy { get; set; }
        public Func<Task> BeforeFind { get; set; } = () => Task.CompletedTask;
        public bool IsAway { get; set; }

        public string Id => inner.Id;

        public Task<IKeyWrapper> CreateAsync(string name, CancellationToken cancellation) => Answering().CreateAsync(name, cancellation);

        public async Task<IKeyWrapper?> FindAsync(string name, CancellationToken cancellation)
        {
            await BeforeFind();
            return await Answering().FindAsync(name, cancellation);
        }

        public async Task<KeyDestruction> DestroyAsync(string name, CancellationToken cancellation)
        {
            BeforeDestroy?.Invoke();
            var destroyed = await Answering().DestroyAsync(name, cancellation);
            AfterDestroy?.Invoke();
            return destroyed;
        }

        public void Dispose() => inner.Dispose();

        private IKeyStore Answering() => IsAway ? throw new KeyServiceException(Id, "it does not answer") : inner;
    }
}
