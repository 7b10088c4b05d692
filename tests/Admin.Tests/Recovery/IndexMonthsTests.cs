using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Tests.Access.Entitlements;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>A catalogue that is made anew knows the months' keys again: what is wrapped for them opens, and they are destroyed on their day.</summary>
public sealed class IndexMonthsTests(RecordedMonths recorded) : IClassFixture<RecordedMonths>
{
    private const string Name = "Location:ExpiringKeys";

    [Fact]
    public async Task The_session_replays_and_its_keys_are_destroyed_when_their_months_are_over()
    {
        await using var server = await Server.StartAfterAsync(data => RebuiltAsync(data, 0, "1 recorded."), RecordedMonths.KeysExpire);
        Assert.Equal(recorded.Months.Select(KeyOf), (await MonthsAsync(server)).Select(KeyOf));
        var (was, row) = (recorded.Row, await server.SessionAsync(recorded.Session));
        Assert.True(row.KeysExpire);
        var months = (await MonthsAsync(server)).ToDictionary(month => month.Id, month => month.Kid);
        Assert.Equal(
            was.Tracks.OrderBy(track => track.Name, StringComparer.Ordinal).Select(track => (track.Name, recorded.Months.Single(month => month.Id == track.ExpiryKey).Kid)),
            row.Tracks.OrderBy(track => track.Name, StringComparer.Ordinal).Select(track => (track.Name, months[track.ExpiryKey!.Value])));

        var consent = await server.Reader.ReadConsentAsync(recorded.Session, default);
        foreach (var track in row.Tracks)
        {
            var name = new TrackName(track.Name);
            using var open = await server.Reader.OpenAsync(recorded.Session, name, name == TrackName.Consent ? default : consent.Digest, server.Services.GetRequiredService<Storage.Recording.TrackSigners>().Of(row), null, default);
            Assert.Equal(TrackStatus.Verified, (await open.VerifyAsync(null, default)).Status);
        }

        using var technician = await Technician.SignInAsync(server);
        Assert.NotNull(await RightsScene.OpenAsync(technician.Browser, recorded.Session, Exports.ExportScene.Purpose));
        await technician.StartSessionAsync(); // and the months' keys of before are gone on with
        Assert.Equal(recorded.Months.Select(KeyOf), (await MonthsAsync(server)).Select(KeyOf));

        await PurgedAsync(server);
        Assert.All(
            DeletionCertificate.Verify(System.Text.Encoding.ASCII.GetString((await server.Store.GetAsync(DeletionCertificate.ObjectName(recorded.Session), 1 << 16, default))!), recorded.Session).Certificate.Keys!,
            key => Assert.Contains(key.Kid, recorded.Months.Select(month => month.Kid)));
        await server.RunJobAsync<DestroyExpiredKeys>();
        Assert.True(File.Exists(Path.Combine(server.Data, "keys", recorded.Month.Name + ".pem"))); // its month goes on
        await server.InCatalogueAsync(catalogue => catalogue.Sessions.Where(session => session.Id != recorded.Session).ExecuteDeleteAsync()); // nobody came to it
        server.Clock.Advance(new ExpiryMonth(recorded.Month.Month).End + TimeSpan.FromDays(2) - server.Clock.GetUtcNow());
        await server.RunJobAsync<DestroyExpiredKeys>();
        Assert.NotNull((await MonthsAsync(server)).Single(month => month.Kid == recorded.Month.Kid).DestroyedAt);
        Assert.False(File.Exists(Path.Combine(server.Data, "keys", recorded.Month.Name + ".pem")));
    }

    [Fact]
    public async Task A_key_that_was_destroyed_stays_so_and_what_was_wrapped_for_it_is_said()
    {
        await using var server = await Server.StartAfterAsync(async data =>
        {
            await PreparedAsync(data);
            using var key = recorded.Key();
            RecordedMonths.Bury(Path.Combine(data, "bucket"), recorded.Month, new(2027, 4, 2, 0, 0, 0, TimeSpan.Zero), key);
            var (code, said) = await IndexAsync(data);
            Assert.Equal((1, true), (code, said.Contains("was destroyed on 2 April 2027", StringComparison.Ordinal)));
        }, RecordedMonths.KeysExpire);
        var row = (await MonthsAsync(server)).Single(month => month.Kid == recorded.Month.Kid);
        Assert.Equal((new DateTimeOffset(2027, 4, 2, 0, 0, 0, TimeSpan.Zero), true), (row.DestroyedAt, row.Certificate is not null));
    }

    [Fact]
    public async Task What_somebody_else_signed_of_a_months_key_is_left_out_and_so_is_that_one_was_destroyed()
    {
        using var forger = SigningKey.Create();
        await using var server = await Server.StartAfterAsync(async data =>
        {
            await PreparedAsync(data);
            var bucket = Path.Combine(data, "bucket");
            var (record, _) = ExpiryKeyRecord.Verify(recorded.Month.Record!);
            RecordedMonths.Say(bucket, record with { Name = "sr-forged", MadeAt = record.MadeAt.AddYears(-1) }, forger); // older than the true one
            RecordedMonths.Bury(bucket, recorded.Month, record.MadeAt, forger);
            Assert.Equal(0, (await IndexAsync(data)).Code);
            var report = await File.ReadAllTextAsync(Path.Combine(data, "recovery-report.txt"));
            Assert.Contains($"'keys/sr-forged.jws' is signed with the key {forger.Public.Thumbprint}, which is not the server's", report, StringComparison.Ordinal);
        }, RecordedMonths.KeysExpire);
        Assert.Equal(recorded.Months.Select(KeyOf), (await MonthsAsync(server)).Select(KeyOf));
        Assert.All(await MonthsAsync(server), month => Assert.Null(month.DestroyedAt));
    }

    [Fact]
    public async Task A_key_that_is_missing_is_named_and_found_beside_the_key_of_before()
    {
        var (name, missing) = (recorded.Month.Name, "");
        await using var server = await Server.StartAfterAsync(async data =>
        {
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            var (code, said) = await IndexAsync(data);
            missing = Path.Combine(data, "keys", name + ".pem");
            Assert.True(code == 1 && said.Contains("left out", StringComparison.Ordinal), said);
            Assert.Contains($"is not there: '{missing}'.", await File.ReadAllTextAsync(Path.Combine(data, "recovery-report.txt")), StringComparison.Ordinal);

            recorded.CopyKeys(Path.Combine(data, "keys"));
            Assert.Equal(0, (await IndexAsync(data)).Code); // it goes on
        }, RecordedMonths.KeysExpire);
        Assert.Equal(recorded.Months.Select(KeyOf), (await MonthsAsync(server)).Select(KeyOf));
        Assert.Equal(SessionState.Recorded, (await server.SessionAsync(recorded.Session)).State);
    }

    [Fact]
    public async Task A_server_whose_key_lies_in_a_vault_needs_no_key_file_and_finds_the_months_keys_where_they_are()
    {
        await using var vault = new TransitServer();
        vault.AddKey("kek");
        var folder = Directory.CreateTempSubdirectory("index-").FullName;
        try
        {
            var (data, old) = (Path.Combine(folder, "data"), Path.Combine(folder, "old"));
            var token = Path.Combine(folder, "token");
            OwnerOnlyFile.Create(token, TransitServer.Token);
            string[] settings = ["--Location:Key=vault", "--Keys:vault:Region=local", $"--Keys:vault:Transit={vault.AddressOf("kek")}", $"--Keys:vault:TokenFile={token}"];
            Directory.CreateDirectory(Path.Combine(data, "bucket"));
            var (code, said) = await IndexAsync(data, settings);
            Assert.True(code == 0, said); // there is nothing yet
            Assert.False(File.Exists(Path.Combine(data, "keys", "kek.pem")));

            // What was recorded before it had the vault's key lies beside the file of that time.
            data = Path.Combine(folder, "second");
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            recorded.CopyKeys(old);
            string[] before = ["--Keys:vault:Previous:0=before", "--Keys:before:Region=local", $"--Keys:before:File={Path.Combine(old, "kek.pem")}"];
            (code, said) = await IndexAsync(data, [.. settings, .. before]);
            Assert.True(code == 0 && said.Contains("1 recorded", StringComparison.Ordinal), said);

            // A key file that the server itself would make must be there.
            (code, said) = await IndexAsync(Path.Combine(folder, "third"), "--Location:Key=own", "--Keys:own:Region=local");
            Assert.Equal((2, true), (code, said.Contains(Path.Combine("keys", "own.pem"), StringComparison.Ordinal)));
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task PreparedAsync(string data)
    {
        recorded.CopyBucket(Path.Combine(data, "bucket"));
        recorded.CopyKeys(Path.Combine(data, "keys"));
        return Task.CompletedTask;
    }

    private async Task RebuiltAsync(string data, int expected, string words)
    {
        await PreparedAsync(data);
        var (code, said) = await IndexAsync(data);
        Assert.True(code == expected && said.Contains(words, StringComparison.Ordinal), said);
    }

    private static Task<(int Code, string Said)> IndexAsync(string data, params string[] settings) => RecoveryScene.RunAsync(["--index", "--data", data, $"--{Name}=true", .. settings]);

    private static Task<List<ExpiryKey>> MonthsAsync(Server server) => server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.AsNoTracking().OrderBy(key => key.Month).ToListAsync());

    private static object KeyOf(ExpiryKey key) => (key.Location, key.Month, key.Name, key.Kid, key.Beside, key.Record, key.MadeAt.ToUnixTimeSeconds());

    private async Task PurgedAsync(Server server)
    {
        server.Clock.Advance((await server.SessionAsync(recorded.Session)).KeepUntil!.Value + TimeSpan.FromMinutes(1) - server.Clock.GetUtcNow());
        await server.RunJobAsync<PurgeExpired>();
        await server.WaitForAsync(recorded.Session, SessionState.Purged);
    }
}
