using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Keys.Expiry;

/// <summary>The server's word which key encryption key is that of a month: it lies in the catalogue and in the bucket, so that recordings are found and opened without the catalogue too.</summary>
/// <param name="Location">Name of the storage location.</param>
/// <param name="Month">As <c>2027-03</c>.</param>
/// <param name="Name">The key's name in its store.</param>
/// <param name="Key">Its public half.</param>
public sealed record ExpiryKeyRecord(string Format, string Location, string Month, string Name, KekPublicKey Key, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset MadeAt)
{
    public const string FormatName = "secure-recorder/expiry-key/1";
    public const string JwsType = "secure-recorder-expiry-key+jws";

    /// <summary>What names of the bucket's objects about such keys begin with.</summary>
    public const string Prefix = "keys/";

    /// <summary>Bytes that a record may have.</summary>
    public const int SizeLimit = 1 << 14;

    private const string Ending = ".jws";

    /// <summary>The record's object.</summary>
    public static string ObjectName(string name) => $"{Prefix}{name}{Ending}";

    /// <summary>Whether an object of the bucket is a record.</summary>
    public static bool IsRecord(string objectName) => objectName.StartsWith(Prefix, StringComparison.Ordinal) && objectName.EndsWith(Ending, StringComparison.Ordinal) && !objectName.EndsWith(KeyDestructionCertificate.Ending, StringComparison.Ordinal);

    /// <summary>Signs it: the compact JWS.</summary>
    public string Sign(SigningKey server) => Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.ExpiryKeyRecord), JwsType, server);

    /// <summary>Checks the signature and the shape.</summary>
    /// <returns>The record and the key that made it: the caller compares it with the server's.</returns>
    /// <exception cref="TrackAlteredException">It is no record.</exception>
    public static (ExpiryKeyRecord Record, PublicSigningKey Signer) Verify(string compactJws) =>
        Jws.Read(compactJws, JwsType, FormatJson.Default.ExpiryKeyRecord, record => record.Format == FormatName, "record of a month's key");
}

/// <summary>The server's word that a month's key was destroyed: from then on no copy of the bucket and of the catalogue opens what was wrapped for it.</summary>
/// <param name="Kid">The key, as key files and deletion certificates name it.</param>
/// <param name="At">When its store said that it is destroyed.</param>
/// <param name="RecoverableUntil">Until then the owner of its store could still bring it back; null: nobody can.</param>
/// <param name="Store">Where it lay.</param>
public sealed record KeyDestructionCertificate(
    string Format, string Location, string Month, string Name, string Kid, string Store, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset MadeAt,
    [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset? RecoverableUntil = null)
{
    public const string FormatName = "secure-recorder/key-destruction/1";
    public const string JwsType = "secure-recorder-key-destruction+jws";

    internal const string Ending = ".destroyed.jws";

    /// <summary>The certificate's object.</summary>
    public static string ObjectName(string name) => $"{ExpiryKeyRecord.Prefix}{name}{Ending}";

    /// <summary>Signs it: the compact JWS.</summary>
    public string Sign(SigningKey server) => Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.KeyDestructionCertificate), JwsType, server);

    /// <summary>Checks the signature and the shape.</summary>
    /// <returns>The certificate and the key that made it: the caller compares it with the server's.</returns>
    /// <exception cref="TrackAlteredException">It is no certificate.</exception>
    public static (KeyDestructionCertificate Certificate, PublicSigningKey Signer) Verify(string compactJws) =>
        Jws.Read(compactJws, JwsType, FormatJson.Default.KeyDestructionCertificate, certificate => certificate.IsWellFormed, "certificate of a key's destruction");

    private bool IsWellFormed => Format == FormatName && ExpiryMonth.TryParse(Month, out _);
}
