using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace SecureRecorder.TestServers.Keys;

/// <summary>RSA keys for key servers, made once a process: making one takes a while.</summary>
internal static class RsaKeys
{
    private static readonly ConcurrentDictionary<(int Bits, int Number), Lazy<RSA>> Made = [];

    /// <param name="kind">An RSA key's bits, or <c>ec</c>.</param>
    /// <param name="number">Keys of another number are others.</param>
    public static RSA? Of(string kind, int number) =>
        kind == "ec" ? null : Made.GetOrAdd((int.Parse(kind), number), key => new(() => RSA.Create(key.Bits))).Value;

    /// <returns><see langword="null"/>: it is nothing of this key's.</returns>
    public static byte[]? Decrypt(RSA key, byte[] wrapped)
    {
        try
        {
            lock (key) { return key.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256); }
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
