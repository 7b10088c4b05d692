namespace SecureRecorder.Storage.Keys;

/// <summary>A track's data key, wrapped for the organization's KEK: the content of <c>key.json</c>.</summary>
/// <param name="Alg">JWA name; <c>RSA-OAEP-256</c> is the only one of version 1.</param>
/// <param name="Kid">Which KEK: a vault key's full identifier, or a local key's RFC 7638 thumbprint.</param>
/// <param name="EncryptedKey">Base64url of the wrapped 32 bytes.</param>
/// <remarks>Source: FORMAT.md §2. Deleting every version of it destroys the track.</remarks>
public sealed record KeyFile(
    string Format,
    Guid Session,
    string Track,
    string Alg,
    string Kid,
    [property: System.Text.Json.Serialization.JsonPropertyName("encrypted_key")] string EncryptedKey)
{
    public const string FormatName = "secure-recorder/key/1";
    public const string Algorithm = "RSA-OAEP-256";
}
