using SecureRecorder.Admin.Certificates;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Certificates;

/// <summary>A deletion certificate, and that of a key's destruction, is checked with nothing but the file.</summary>
public sealed class CertificateCommandTests : IDisposable
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
    private static readonly DateTimeOffset At = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly SigningKey server = SigningKey.Create();
    private readonly string file = Path.GetTempFileName();

    public void Dispose()
    {
        server.Dispose();
        File.Delete(file);
    }

    [Fact]
    public async Task What_the_server_signed_verifies_and_is_told_in_words()
    {
        var (code, said) = await VerifyAsync(Whole().Sign(server), "--server-key", server.Public.Thumbprint);
        Assert.Equal(0, code);
        foreach (var words in (string[])
            [
                "VERIFIED. The server signed this", $"session {Session}", "its time was over", "721 segments", "723: 724 versions with 52,101,480 bytes, 1 delete markers, 2 unfinished uploads",
                "everything below v1/01990000-0000-7000-8000-0000000000aa/ in the location 'main' (eu-central), 22 November 2026, 10:00:00 UTC: nothing", "purge-expired, run 7, on node-1/42", "It does not prove that nobody had made an open copy before",
            ])
        {
            Assert.Contains(words, said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_of_a_track_says_that_it_is_of_a_track()
    {
        var (code, said) = await VerifyAsync((Whole() with { Track = "video", Listing = Whole().Listing! with { Prefix = $"v1/{Session}/video/" } }).Sign(server));
        Assert.Equal(0, code);
        Assert.Contains($"found nothing of the track 'video' of session {Session} any more", said, StringComparison.Ordinal);
        Assert.Contains("the key that the file itself names", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_of_earlier_servers_still_verify()
    {
        var (code, said) = await VerifyAsync(new DeletionCertificate(DeletionCertificate.FormatName1, Session, DeletionReason.Withdrawn, [], At).Sign(server));
        Assert.Equal(0, code);
        Assert.Contains("the recorded person had it erased", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_contradicts_itself_or_was_changed_does_not()
    {
        var whole = Whole();
        DeletionCertificate[] wrong =
        [
            whole with { Format = "secure-recorder/deletion/3" },
            whole with { Format = DeletionCertificate.FormatName1, Track = "video" }, // an earlier reader would take it for all of the session
            whole with { Listing = whole.Listing! with { Versions = 1 } },
            whole with { Listing = whole.Listing! with { Prefix = $"v1/{Guid.NewGuid()}/" } },
            whole with { Listing = whole.Listing! with { At = At.AddDays(1) } },
            whole with { Listing = null },
            whole with { Deleted = null },
            whole with { By = null },
            whole with { BeganAt = At.AddDays(1) },
            whole with { Track = "video" },
        ];
        foreach (var certificate in wrong) { Assert.Equal((certificate, 1), (certificate, (await VerifyAsync(certificate.Sign(server))).Code)); }

        var signed = whole.Sign(server).Split('.');
        var other = (whole with { Reason = DeletionReason.Withdrawn }).Sign(server).Split('.');
        Assert.Equal(1, (await VerifyAsync($"{signed[0]}.{other[1]}.{signed[2]}")).Code);
        using var stranger = SigningKey.Create();
        var (code, said) = await VerifyAsync(whole.Sign(stranger), "--server-key", server.Public.Thumbprint);
        Assert.Equal(1, code);
        Assert.Contains("not with the server's key", said, StringComparison.Ordinal);
        Assert.Equal(1, (await VerifyAsync(new string('x', DeletionCertificate.SizeLimit + 1))).Code);
        Assert.Equal(1, (await VerifyAsync("")).Code);
        Assert.Equal(2, (await VerifyAsync(whole.Sign(server), "--server-key", "no key")).Code);
        Assert.Equal(2, (await RunAsync("verify", file + ".not-there")).Code);
    }

    [Fact]
    public async Task The_months_keys_of_what_was_deleted_are_named_with_when_they_go()
    {
        var (code, said) = await VerifyAsync((Whole() with { Keys = [new("vault/keys/sr-main-2026-12/1", At.AddDays(39)), new("vault/keys/sr-main-2027-02/7", At.AddDays(99))] }).Sign(server), "--server-key", server.Public.Thumbprint);
        Assert.Equal(0, code);
        foreach (var words in (string[])["vault/keys/sr-main-2026-12/1: its month is over on 31 December 2026", "vault/keys/sr-main-2027-02/7: its month is over on 1 March 2027", "each destruction has a certificate of its own"]) { Assert.Contains(words, said, StringComparison.Ordinal); }
        Assert.DoesNotContain("certificate of its own", (await VerifyAsync(Whole().Sign(server))).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_of_a_keys_destruction_verifies_and_is_told_in_words()
    {
        var (code, said) = await VerifyAsync(Destruction().Sign(server), "--server-key", server.Public.Thumbprint);
        Assert.Equal(0, code);
        foreach (var words in (string[])
            [
                "VERIFIED. The server signed this", "the key 'sr-main-2027-02-0a1b2c3d', 2 March 2027, 00:14:00 UTC", "what expired in February 2027 in the location 'main'", "vault/keys/sr-main-2027-02/7", "https://vault.example.org",
                "by the owner of its store, until 9 March 2027, 00:14:00 UTC", "from then on nobody can: no copy of the bucket and the database opens what was wrapped for it", "It does not prove that nobody had copied the key out of its store",
            ])
        {
            Assert.Contains(words, said, StringComparison.Ordinal);
        }

        (code, said) = await VerifyAsync((Destruction() with { RecoverableUntil = null }).Sign(server));
        Assert.Equal(0, code);
        foreach (var words in (string[])["the key that the file itself names", "by nobody", "its store keeps nothing of it"]) { Assert.Contains(words, said, StringComparison.Ordinal); }
    }

    [Fact]
    public async Task What_is_no_certificate_of_a_keys_destruction_does_not()
    {
        var whole = Destruction();
        KeyDestructionCertificate[] wrong = [whole with { Format = "secure-recorder/key-destruction/2" }, whole with { Month = "2027-13" }, whole with { Month = null! }, whole with { Kid = null! }, whole with { Name = null! }, whole with { Store = null! }, whole with { Location = null! }];
        foreach (var certificate in wrong) { Assert.Equal((certificate, 1), (certificate, (await VerifyAsync(certificate.Sign(server))).Code)); }

        var signed = whole.Sign(server).Split('.');
        Assert.Equal(1, (await VerifyAsync($"{signed[0]}.{(whole with { RecoverableUntil = null }).Sign(server).Split('.')[1]}.{signed[2]}")).Code);
        using var stranger = SigningKey.Create();
        var (code, said) = await VerifyAsync(whole.Sign(stranger), "--server-key", server.Public.Thumbprint);
        Assert.Equal(1, code);
        Assert.Contains("not with the server's key", said, StringComparison.Ordinal);

        // Another word of the same server is not taken for one of the two.
        (code, said) = await VerifyAsync(new ExpiryKeyRecord(ExpiryKeyRecord.FormatName, "main", "2027-02", "x", null!, At).Sign(server));
        Assert.Equal(1, code);
        Assert.Contains($"its type is '{ExpiryKeyRecord.JwsType}'", said, StringComparison.Ordinal);
        (code, said) = await VerifyAsync((Whole() with { Keys = [null!] }).Sign(server));
        Assert.Equal(1, code);
        Assert.Contains("its members contradict each other", said, StringComparison.Ordinal);
    }

    private static KeyDestructionCertificate Destruction() => new(
        KeyDestructionCertificate.FormatName, "main", "2027-02", "sr-main-2027-02-0a1b2c3d", "vault/keys/sr-main-2027-02/7", "https://vault.example.org", At,
        new(2027, 3, 2, 0, 14, 0, TimeSpan.Zero), new(2027, 3, 9, 0, 14, 0, TimeSpan.Zero));

    private static DeletionCertificate Whole() => new(
        DeletionCertificate.FormatName, Session, DeletionReason.Expired, [new("video", 721, 52_100_000)], At, BeganAt: At.AddMinutes(-3),
        Deleted: new(723, 724, 1, 2, 52_101_480, $"v1/{Session}/consent/00000000.seal", $"v1/{Session}/video/manifest.jws"),
        Listing: new("main", "eu-central", $"v1/{Session}/", At, 0, 0, 0), By: new("purge-expired", "7", "node-1/42"));

    private async Task<(int Code, string Said)> VerifyAsync(string certificate, params string[] more)
    {
        await File.WriteAllTextAsync(file, certificate);
        return await RunAsync(["verify", file, .. more]);
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await CertificateCommand.Create().Parse(arguments).InvokeAsync(new() { Output = output, Error = output });
        return (code, output.ToString());
    }
}
