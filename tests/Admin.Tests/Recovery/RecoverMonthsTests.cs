using SecureRecorder.Admin.Recovery;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>What is wrapped for months' keys opens with the bucket and the word for the KEK: their names come from the bucket, they themselves lie beside the KEK.</summary>
public sealed class RecoverMonthsTests : IClassFixture<RecordedMonths>, IDisposable
{
    private readonly RecordedMonths recorded;
    private readonly RecoveryScene scene;

    public RecoverMonthsTests(RecordedMonths recorded)
    {
        (this.recorded, scene) = (recorded, new(recorded));
        recorded.CopyKeys(Keys);
    }

    private string Keys => Path.Combine(scene.Folder, "keys");
    private string MonthFile => Path.Combine(Keys, recorded.Month.Name + ".pem");

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task A_session_whose_keys_expire_becomes_files()
    {
        Assert.Equal(3, recorded.Row.Tracks.Count(track => track.ExpiryKey is not null));
        var (code, said) = await RecoverAsync();
        Assert.True(code == 0, said);
        Assert.All(scene.Report.Tracks, track => Assert.Equal(("verified", 0), (track.Status, track.Findings.Count)));
        Assert.True(File.Exists(scene.Of("video.mp4")));
        Assert.Contains("I see a kingfisher.", await File.ReadAllTextAsync(scene.Of("chat.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_missing_is_named_with_its_file_and_opens_when_it_is_there_again()
    {
        var away = Path.Combine(scene.Folder, "away.pem");
        File.Move(MonthFile, away);
        Assert.Equal(1, (await RecoverAsync()).Code);
        Assert.Contains($"The key of {Month}, '{MonthFile}', is not there.", Finding(), StringComparison.Ordinal);

        File.Move(away, MonthFile);
        File.SetUnixFileMode(MonthFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal(1, (await RecoverAsync()).Code);
        Assert.Contains("open to others", Finding(), StringComparison.Ordinal);

        File.SetUnixFileMode(MonthFile, UnixFileMode.UserRead);
        Assert.Equal(0, (await RecoverAsync()).Code);
    }

    [Fact]
    public async Task A_key_that_was_destroyed_is_said_with_its_day_and_the_rest_is_recovered()
    {
        using var server = recorded.Key();
        using var session = await WriteOtherAsync();
        RecordedMonths.Bury(scene.Bucket, recorded.Month, new(2027, 4, 2, 0, 0, 0, TimeSpan.Zero), server);
        Assert.Equal(0, (await RecoverAsync()).Code); // a word alone destroys nothing

        Directory.Delete(scene.Out, recursive: true);
        File.Delete(MonthFile);
        var (code, said) = await RecoverAsync();
        Assert.True(code == 1, said);
        Assert.True(Finding().Contains($"The key of {Month} was destroyed on 2 April 2027", StringComparison.Ordinal), Finding());
        Assert.Contains(recorded.ServerKey, Finding(), StringComparison.Ordinal);
        Assert.Contains("was destroyed on 2 April 2027", await File.ReadAllTextAsync(Path.Combine(scene.Out, "report.txt")), StringComparison.Ordinal);
        Assert.Equal("verified", SessionReport.Read(await File.ReadAllBytesAsync(Path.Combine(scene.Out, $"{session.Id}", "report.json")))!.Status);
    }

    [Fact]
    public async Task A_forged_record_opens_nothing_and_keeps_nothing_from_opening()
    {
        using var forger = SigningKey.Create();
        var (record, _) = ExpiryKeyRecord.Verify(recorded.Month.Record!);
        using (var other = LocalKeyFile.OpenOrCreate(Path.Combine(Keys, "aa-forged.pem"))) { RecordedMonths.Say(scene.Bucket, record with { Name = "aa-forged" }, forger); } // comes before the true one
        RecordedMonths.Say(scene.Bucket, record with { Name = "ab-nowhere" }, forger);
        await File.WriteAllTextAsync(Path.Combine(scene.Bucket, "keys", "no-record.jws"), "nobody's word");
        await File.WriteAllTextAsync(Path.Combine(scene.Bucket, "keys", "elsewhere.jws"), (record with { Name = "../../kek" }).Sign(forger));
        var (code, said) = await RecoverAsync();
        Assert.True(code == 0, said);

        Directory.Delete(scene.Out, recursive: true);
        File.Delete(Path.Combine(scene.Bucket, ExpiryKeyRecord.ObjectName(recorded.Month.Name)));
        Assert.Equal(1, (await RecoverAsync()).Code);
        Assert.Contains($"'{Path.Combine(Keys, "aa-forged.pem")}', is another one than '{record.Key.Kid}'", Finding(), StringComparison.Ordinal);
        Assert.False(File.Exists(scene.Of("video.mp4")));
    }

    [Fact]
    public async Task A_key_that_nothing_names_is_refused_as_ever()
    {
        Directory.Delete(Path.Combine(scene.Bucket, "keys"), recursive: true);
        Assert.Equal(1, (await RecoverAsync()).Code);
        Assert.Contains($"wrapped for the KEK '{recorded.Month.Kid}'; the KEK at hand is", Finding(), StringComparison.Ordinal);
    }

    private string Month => $"{new ExpiryMonth(recorded.Month.Month)}";

    private string Finding() => string.Join('\n', scene.Report.Tracks.SelectMany(track => track.Findings));

    private async Task<WrittenSession> WriteOtherAsync()
    {
        var data = Path.Combine(scene.Folder, "other");
        OwnerOnlyFile.Create(Path.Combine(data, "keys", "kek.pem"), await File.ReadAllTextAsync(Path.Combine(Keys, "kek.pem")));
        var session = await WrittenSession.InAsync(data, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
        await session.FinishConsentAsync();
        Directory.Move(Path.Combine(data, "bucket", "v1", $"{session.Id}"), Path.Combine(scene.Bucket, "v1", $"{session.Id}"));
        return session;
    }

    private Task<(int Code, string Said)> RecoverAsync() => RecoveryScene.RunAsync("--bucket", scene.Bucket, "--kek", Path.Combine(Keys, "kek.pem"), "--out", scene.Out);
}
