using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tests.Keys;

public sealed class PassphraseTests : IDisposable
{
    private const string Right = "a passphrase of the tests";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("passphrase");

    private string Kek => Path.Combine(_folder.FullName, "kek.pem");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_key_with_a_passphrase_opens_with_it_alone()
    {
        LocalKeyFile.Create(Kek, Right);
        var pem = File.ReadAllText(Kek);

        using var opened = LocalKeyFile.Open(Kek, Right);
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", pem, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kek));
        Assert.Contains("no passphrase is set", Refused(null), StringComparison.Ordinal);
        Assert.Contains("the passphrase is wrong", Refused(Right + " "), StringComparison.Ordinal);
        Assert.Contains("the passphrase is wrong", Refused(""), StringComparison.Ordinal);
        Assert.Throws<CryptographicException>(() => LocalKeyFile.OpenOrCreate(Kek));
        Assert.Equal(pem, File.ReadAllText(Kek)); // never replaced
    }

    [Fact]
    public void OpenSSL_reads_it_and_says_that_the_passphrase_is_stretched_as_promised()
    {
        LocalKeyFile.Create(Kek, Right);
        var words = RunOpenSsl("asn1parse", "-in", Kek);
        Assert.Contains("hmacWithSHA512", words, StringComparison.Ordinal);
        Assert.Contains("INTEGER           :0927C0", words, StringComparison.Ordinal); // 600,000
        Assert.Contains("aes-256-cbc", words, StringComparison.Ordinal);
        Assert.Matches("RSA key ok|Key is valid", RunOpenSsl("rsa", "-in", Kek, "-passin", "pass:" + Right, "-check", "-noout"));
    }

    [Fact]
    public void What_can_be_guessed_faster_is_refused()
    {
        using var rsa = RSA.Create(3072);
        foreach (var (rounds, digest, words) in ((int, HashAlgorithmName, string)[])
            [(599_999, HashAlgorithmName.SHA512, "599999 rounds of PBKDF2 with SHA-512"), (600_000, HashAlgorithmName.SHA256, "1.2.840.113549.2.9"), (2048, HashAlgorithmName.SHA1, "2048 rounds")])
        {
            File.Delete(Kek);
            OwnerOnlyFile.Create(Kek, rsa.ExportEncryptedPkcs8PrivateKeyPem(Right, new(PbeEncryptionAlgorithm.Aes256Cbc, digest, rounds)));
            var refused = Refused(Right);
            Assert.Contains(words, refused, StringComparison.Ordinal);
            Assert.Contains("600000", refused, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_passphrase_of_a_key_that_is_in_clear_and_one_that_is_short_are_refused()
    {
        LocalKeyFile.Create(Kek, passphrase: null);
        Assert.Contains("it is not encrypted", Refused(Right), StringComparison.Ordinal);

        var other = Path.Combine(_folder.FullName, "other.pem");
        Assert.Contains("11 characters", Assert.Throws<CryptographicException>(() => LocalKeyFile.Create(other, "eleven char")).Message, StringComparison.Ordinal);
        Assert.Contains("not 2048", Assert.Throws<CryptographicException>(() => LocalKeyFile.Create(other, null, 2048)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(other));
    }

    [Theory]
    [InlineData("a passphrase\n", "a passphrase")]
    [InlineData("a passphrase\r\n", "a passphrase")]
    [InlineData(" spaces count ", " spaces count ")]
    [InlineData("", null)]
    [InlineData("\n", null)]
    [InlineData("two\nlines\n", null)]
    public void A_passphrase_is_the_one_line_of_a_file_of_its_owners(string content, string? passphrase)
    {
        var path = Path.Combine(_folder.FullName, "passphrase");
        OwnerOnlyFile.Create(path, content);
        if (passphrase is null) { Assert.Contains(path, Assert.Throws<CryptographicException>(() => Passphrase.Read(path)).Message, StringComparison.Ordinal); }
        else { Assert.Equal(passphrase, Passphrase.Read(path)); }

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Throws<UnauthorizedAccessException>(() => Passphrase.Read(path));
    }

    [Fact]
    public void What_is_no_key_is_called_what_it_is()
    {
        using var rsa = RSA.Create(3072);
        using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        foreach (var (content, words) in ((string, string)[])
            [
                (certificate.ExportCertificatePem(), "it is a certificate"), (certificate.ExportCertificatePem() + "\n" + rsa.ExportPkcs8PrivateKeyPem(), "it is a certificate"),
                (rsa.ExportRSAPrivateKeyPem(), "it is PKCS#1"), (rsa.ExportSubjectPublicKeyInfoPem(), "it is a 'PUBLIC KEY'"), ("words", "it is not PEM"),
            ])
        {
            File.Delete(Kek);
            OwnerOnlyFile.Create(Kek, content);
            Assert.Contains(words, Refused(null), StringComparison.Ordinal);
        }
    }

    private string Refused(string? passphrase) => Assert.Throws<CryptographicException>(() => LocalKeyFile.Open(Kek, passphrase)).Message;

    private static string RunOpenSsl(params string[] arguments)
    {
        using var run = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("openssl", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = run.StandardOutput.ReadToEnd() + run.StandardError.ReadToEnd();
        run.WaitForExit();
        return said;
    }
}
