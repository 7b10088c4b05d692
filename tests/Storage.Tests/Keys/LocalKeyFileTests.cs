using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tests.Keys;

public sealed class LocalKeyFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keys");

    private string Kek => Path.Combine(_folder.FullName, "kek.pem");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_new_key_is_its_owners_alone_and_the_next_start_finds_it()
    {
        var path = Path.Combine(_folder.FullName, "data", "keys", "kek.pem");

        using var created = LocalKeyFile.OpenOrCreate(path);
        var content = File.ReadAllText(path);
        using var found = LocalKeyFile.OpenOrCreate(path);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", content, StringComparison.Ordinal); // PKCS#8
        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal(created.PublicKey, found.PublicKey);
        using var rsa = RSA.Create();
        rsa.ImportFromPem(content);
        Assert.Equal(3072, rsa.KeySize);
        Assert.Equal(RsaPublicJwk.From(rsa).Thumbprint, created.PublicKey.Kid);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void A_file_that_others_can_open_is_refused_and_left_as_it_is(UnixFileMode open)
    {
        OwnerOnlyFile.Create(Kek, "a key");
        File.SetUnixFileMode(Kek, OwnerOnly | open);

        var refused = Assert.Throws<UnauthorizedAccessException>(() => LocalKeyFile.OpenOrCreate(Kek));

        Assert.Contains(Kek, refused.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
        Assert.Equal(OwnerOnly | open, File.GetUnixFileMode(Kek));
    }

    [Fact]
    public void Only_a_private_RSA_key_of_an_accepted_size_opens()
    {
        using var accepted = RSA.Create(4096);
        using var small = RSA.Create(2048);
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = accepted.ExportPkcs8PrivateKeyPem();
        var refused = new Dictionary<string, string>
        {
            ["2048 bits"] = small.ExportPkcs8PrivateKeyPem(),
            ["public half"] = accepted.ExportSubjectPublicKeyInfoPem(),
            ["elliptic curve"] = elliptic.ExportPkcs8PrivateKeyPem(),
            ["encrypted"] = accepted.ExportEncryptedPkcs8PrivateKeyPem("a passphrase", new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)),
            ["two keys"] = pem + "\n" + pem,
            ["cut"] = pem[..(pem.Length / 2)],
            ["garbage"] = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            ["text"] = "not a key",
            ["empty"] = "",
        };

        OwnerOnlyFile.Create(Kek, pem);
        LocalKeyFile.Open(Kek).Dispose();
        foreach (var (what, content) in refused)
        {
            File.WriteAllText(Kek, content);
            var exception = Record.Exception(() => LocalKeyFile.OpenOrCreate(Kek));
            Assert.True(exception is CryptographicException && exception.Message.Contains(Kek, StringComparison.Ordinal), $"{what}: {exception}");
            Assert.Equal(content, File.ReadAllText(Kek)); // never replaced by a new key: what is wrapped for the old one would be lost
        }
    }

    [Fact]
    public void A_key_that_is_not_there_is_named()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => LocalKeyFile.Open(Kek));

        Assert.Contains(Kek, missing.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() =>
        {
            OwnerOnlyFile.Create(Kek, "first");
            OwnerOnlyFile.Create(Kek, "second");
        });
        Assert.Equal("first", OwnerOnlyFile.Read(Kek, "secret"));
    }
}
