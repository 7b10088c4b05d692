using System.Buffers.Text;
using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Operation;

/// <summary>The server's own secrets, in files of its owner's: the KEK, the key it signs with, and the secret under which codes are hashed.</summary>
internal sealed class ServerKeys : IDisposable
{
    private const int SecretLength = 32;
    internal const string KekFile = "kek.pem";
    private const string SigningFile = "server.pem";
    private const string SecretFile = "server-secret";

    private readonly Lazy<LocalKeyFile> _kek;
    private readonly string _kekPath;

    private ServerKeys(string kekPath, Lazy<LocalKeyFile> kek, SigningKey signing, byte[] secret) => (_kekPath, _kek, Signing, Secret) = (kekPath, kek, signing, secret);

    /// <summary>The server's own key encryption key, which is made when it is first needed: where the location names another, it may never be.</summary>
    /// <exception cref="StartRefusedException">It is open to others, or is not what it should be.</exception>
    public LocalKeyFile Kek => _kek.Value;

    /// <summary>Whether it was ever made.</summary>
    public bool HasKek => _kek.IsValueCreated || File.Exists(_kekPath);

    public SigningKey Signing { get; }

    /// <summary>32 bytes.</summary>
    public byte[] Secret { get; }

    /// <summary>Opens the keys, and creates first those that do not exist.</summary>
    /// <param name="mayCreate">Whether this process makes keys: one that joins others has theirs.</param>
    /// <param name="needsKek">Whether the location's key is the server's own.</param>
    /// <exception cref="StartRefusedException">One of them is open to others, or is not what it should be, or is not there and may not be made.</exception>
    public static ServerKeys OpenOrCreate(DataFolder folder, bool mayCreate = true, bool needsKek = true)
    {
        var kekPath = Path.Combine(folder.Keys, KekFile);
        foreach (var name in (string[])[.. needsKek ? [KekFile] : Array.Empty<string>(), SigningFile, SecretFile])
        {
            if (!mayCreate && !File.Exists(Path.Combine(folder.Keys, name))) { throw new StartRefusedException($"'{Path.Combine(folder.Keys, name)}' is not there. A server without the role 'web' (Server:Roles) makes no keys: give it the folder keys of the one that has it."); }
        }

        try
        {
            var kek = new Lazy<LocalKeyFile>(() => OpenKek(kekPath, mayCreate), LazyThreadSafetyMode.PublicationOnly);
            if (needsKek || File.Exists(kekPath)) { _ = kek.Value; }
            return new(
                kekPath, kek,
                SigningKey.FromPem(ReadOrCreate(Path.Combine(folder.Keys, SigningFile), "server's signing key", NewSigningKey)),
                Base64Url.DecodeFromChars(ReadOrCreate(Path.Combine(folder.Keys, SecretFile), "server's secret", NewSecret).AsSpan().Trim()));
        }
        catch (Exception refused) when (refused is CryptographicException or UnauthorizedAccessException or IOException or FormatException)
        {
            throw new StartRefusedException(refused.Message, refused);
        }
    }

    public void Dispose()
    {
        if (_kek.IsValueCreated) { _kek.Value.Dispose(); }
        Signing.Dispose();
    }

    private static LocalKeyFile OpenKek(string path, bool mayCreate)
    {
        try
        {
            return mayCreate ? LocalKeyFile.OpenOrCreate(path) : LocalKeyFile.Open(path);
        }
        catch (Exception refused) when (refused is CryptographicException or UnauthorizedAccessException or IOException)
        {
            throw new StartRefusedException(refused.Message, refused);
        }
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
