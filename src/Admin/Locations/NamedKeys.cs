using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Admin.Locations;

/// <summary>Credentials and keys that locations name: they are in the configuration of each server and never in the database. Bound from its root.</summary>
internal sealed partial class LocationSecrets : IValidatableObject
{
    /// <summary>Section <c>Credentials</c>: what a bucket is reached with, by name.</summary>
    public Dictionary<string, StorageCredential> Credentials { get; init; } = [];

    /// <summary>Section <c>Keys</c>: key encryption keys beside the server's own, by name.</summary>
    public Dictionary<string, NamedKey> Keys { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Credentials.Keys.Concat(Keys.Keys).Where(name => !Name().IsMatch(name))) { yield return new($"'{name}' is no name for a credential or a key: it must be 1 to 40 characters of a-z, 0-9 and '-'."); }
        foreach (var (name, credential) in Credentials.Where(each => each.Value is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 })) { yield return new($"Credentials:{name} needs AccessKeyId and SecretAccessKey."); }
        foreach (var (name, key) in Keys.Where(each => !Name().IsMatch(each.Value.Region))) { yield return new($"Keys:{name}:Region ('{key.Region}') must be 1 to 40 characters of a-z, 0-9 and '-'."); }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$", RegexOptions.NonBacktracking)]
    internal static partial Regex Name();
}

internal sealed record StorageCredential
{
    public string AccessKeyId { get; init; } = "";
    public string SecretAccessKey { get; init; } = "";
}

internal sealed record NamedKey
{
    /// <summary>PKCS#8 PEM of an RSA key, mode 0600. Default: <c>keys/NAME.pem</c> in the data folder, made when it is first needed.</summary>
    public string? File { get; init; }

    /// <summary>Where the key lies: locations of this region may name it, and no others.</summary>
    public string Region { get; init; } = "";
}

[OptionsValidator]
internal sealed partial class LocationSecretsValidator : IValidateOptions<LocationSecrets>;

/// <summary>The key encryption keys of locations, opened once each.</summary>
internal sealed class NamedKeys(IOptions<LocationSecrets> secrets, IOptions<LocationOptions> main, ServerKeys server, DataFolder folder) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<LocalKeyFile>> _open = new(StringComparer.Ordinal);

    /// <param name="name">Null: the server's own, which lies where its own location is.</param>
    /// <exception cref="StartRefusedException">The configuration has no such key, or its file is not what it should be.</exception>
    public (IKeyWrapper Kek, string Region) Of(string? name)
    {
        if (name is null) { return (server.Kek, main.Value.Region); }
        if (!secrets.Value.Keys.TryGetValue(name, out var key)) { throw new StartRefusedException($"The configuration has no key '{name}': set Keys:{name}:Region."); }

        try
        {
            var opened = _open.GetOrAdd(name, _ => new(() => key.File is { } file ? LocalKeyFile.Open(file) : LocalKeyFile.OpenOrCreate(Path.Combine(folder.Keys, name + ".pem")), LazyThreadSafetyMode.ExecutionAndPublication));
            return (opened.Value, key.Region);
        }
        catch (Exception refused) when (refused is CryptographicException or UnauthorizedAccessException or IOException)
        {
            _open.TryRemove(name, out _); // a file that was mended counts
            throw new StartRefusedException($"The key '{name}' cannot be opened: {refused.Message}", refused);
        }
    }

    public void Dispose()
    {
        foreach (var key in _open.Values.Where(key => key.IsValueCreated)) { key.Value.Dispose(); }
    }
}
