using System.Buffers.Text;
using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Operation;

/// <summary>The server's own secrets, in files of its owner's: the KEK, the key it signs with, and the secret under which codes are hashed.</summary>
internal sealed class ServerKeys : IDisposable
{
    private const int SecretLength = 32;

    private ServerKeys(LocalKeyFile kek, SigningKey signing, byte[] secret) => (Kek, Signing, Secret) = (kek, signing, secret);

    public LocalKeyFile Kek { get; }
    public SigningKey Signing { get; }

    /// <summary>32 bytes.</summary>
    public byte[] Secret { get; }

    /// <summary>Opens the keys, and creates first those that do not exist.</summary>
    /// <exception cref="StartRefusedException">One of them is open to others, or is not what it should be.</exception>
    public static ServerKeys OpenOrCreate(DataFolder folder)
    {
        try
        {
            return new(
                LocalKeyFile.OpenOrCreate(Path.Combine(folder.Keys, "kek.pem")),
                SigningKey.FromPem(ReadOrCreate(Path.Combine(folder.Keys, "server.pem"), "server's signing key", NewSigningKey)),
                Base64Url.DecodeFromChars(ReadOrCreate(Path.Combine(folder.Keys, "server-secret"), "server's secret", NewSecret).AsSpan().Trim()));
        }
        catch (Exception refused) when (refused is CryptographicException or UnauthorizedAccessException or IOException or FormatException)
        {
            throw new StartRefusedException(refused.Message, refused);
        }
    }

    public void Dispose()
    {
        Kek.Dispose();
        Signing.Dispose();
    }

    private static string ReadOrCreate(string path, string what, Func<string> create)
    {
        if (!File.Exists(path)) { OwnerOnlyFile.Create(path, create()); }
        return OwnerOnlyFile.Read(path, what);
    }

    private static string NewSigningKey()
    {
        using var key = SigningKey.Create();
        return key.ToPem();
    }

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretLength));
}
