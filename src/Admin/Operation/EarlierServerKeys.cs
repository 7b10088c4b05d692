using System.Security.Cryptography;
using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Operation;

/// <summary>Public keys of the servers that wrote this organization's recordings before this one: what they signed still verifies. They lie beside the server's own keys, one JSON Web Key a file.</summary>
internal static class EarlierServerKeys
{
    private const string Folder = "earlier";

    /// <exception cref="StartRefusedException">A file is open to others, or is no key.</exception>
    public static IReadOnlyList<PublicSigningKey> Read(string keys)
    {
        var folder = Path.Combine(keys, Folder);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(ReadOne)] : [];
    }

    /// <summary>Keeps one; that it is kept already is no error.</summary>
    public static void Keep(string keys, PublicSigningKey key)
    {
        var path = Path.Combine(keys, Folder, $"{key.Thumbprint}.json");
        if (!File.Exists(path)) { OwnerOnlyFile.Create(path, JsonSerializer.Serialize(key, FormatJson.Default.PublicSigningKey)); }
    }

    private static PublicSigningKey ReadOne(string path)
    {
        try
        {
            var key = JsonSerializer.Deserialize(OwnerOnlyFile.Read(path, "earlier server's key"), FormatJson.Default.PublicSigningKey) ?? throw new JsonException("it is null");
            key.Validate();
            return key;
        }
        catch (Exception refused) when (refused is JsonException or CryptographicException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"'{path}' is no earlier server's key: {refused.Message}", refused);
        }
    }
}
