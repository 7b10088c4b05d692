using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.Runtime;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.KeyVault;
using SecureRecorder.Storage.Keys.Kms;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Keys.Transit;

namespace SecureRecorder.Admin.Keys;

/// <summary>The key encryption keys of locations, opened once each.</summary>
internal sealed class NamedKeys(
    IOptions<LocationSecrets> secrets, IOptions<LocationOptions> main, IOptions<ReplayOptions> replay, ServerKeys server, DataFolder folder, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<IKeyWrapper>> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<IKeyStore>> _stores = new(StringComparer.Ordinal);

    /// <summary>The main location's: the one that it names, and the server's own for what was recorded before; or the server's own alone.</summary>
    /// <exception cref="StartRefusedException">It cannot be opened.</exception>
    public (IKeyWrapper Kek, string Region) OfMain()
    {
        if (main.Value.Key is not { } name) { return (server.Kek, main.Value.Region); }

        var (kek, region) = Of(name);
        return (server.HasKek ? new KekRing(kek, [server.Kek]) : kek, region);
    }

    /// <param name="name">Null: the server's own, which lies where its own location is.</param>
    /// <exception cref="StartRefusedException">The configuration has no such key, or it is not what it should be.</exception>
    public (IKeyWrapper Kek, string Region) Of(string? name)
    {
        if (name is null) { return (server.Kek, main.Value.Region); }

        var key = Find(name);
        var current = Open(name);
        return (key.Previous.Length == 0 ? current : new KekRing(current, [.. key.Previous.Select(Open)]), key.Region);
    }

    /// <summary>Those in vaults that something may be wrapped for: all but those that are only the earlier ones of others.</summary>
    public IEnumerable<(string Name, ServiceKey Key)> Services() => secrets.Value.Keys
        .Where(key => !key.Value.IsFile && (key.Key == main.Value.Key || !secrets.Value.Keys.Any(other => other.Value.Previous.Contains(key.Key, StringComparer.Ordinal))))
        .Select(key => (key.Key, (ServiceKey)Open(key.Key).Current()));

    /// <summary>Where keys are made beside a key of this name.</summary>
    /// <param name="name">Null: the server's own.</param>
    /// <exception cref="StartRefusedException">The configuration has no such key.</exception>
    public IKeyStore StoreBeside(string? name) => _stores.GetOrAdd(name ?? "", _ => new(() => name is null ? new LocalKeyStore(folder.Keys) : MakeStore(Find(name)), LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>Names of the keys beside which the main location's months may have theirs, for <see cref="StoreBeside"/>: that of now first, then the earlier ones.</summary>
    /// <exception cref="StartRefusedException">The configuration has no such key.</exception>
    public IReadOnlyList<string?> BesideMain() => main.Value.Key is { } name ? [name, .. Find(name).Previous, .. server.HasKek ? (string?[])[null] : []] : [null];

    /// <summary>A key that was opened beside another one, with the memory that those in vaults have.</summary>
    public IKeyWrapper Kept(IKeyWrapper opened) => opened is ServiceKey service ? Kept(service) : opened;

    public void Dispose()
    {
        foreach (var store in _stores.Values.Where(store => store.IsValueCreated)) { store.Value.Dispose(); }
        foreach (var key in _open.Values.Where(key => key.IsValueCreated)) { (key.Value as IDisposable)?.Dispose(); }
    }

    private NamedKey Find(string name) =>
        secrets.Value.Keys.TryGetValue(name, out var key) ? key : throw new StartRefusedException($"The configuration has no key '{name}': set Keys:{name}:Region.");

    private IKeyWrapper Open(string name)
    {
        var key = Find(name);
        try
        {
            return _open.GetOrAdd(name, _ => new(() => Make(name, key), LazyThreadSafetyMode.ExecutionAndPublication)).Value;
        }
        catch (Exception refused) when (refused is CryptographicException or UnauthorizedAccessException or IOException or KeyRefusedException)
        {
            _open.TryRemove(name, out _); // a file that was mended counts
            throw new StartRefusedException($"The key '{name}' cannot be opened: {refused.Message}", refused);
        }
    }

    private IKeyWrapper Make(string name, NamedKey key)
    {
        if (key.Vault is { } vault) { return Kept(new KeyVaultKey(vault, (key.Credential ?? new()).Open(), clock)); }

        if (key.Kms is { } arn) { return Kept(new KmsKey(arn, CredentialOf(key), key.Endpoint, clock)); }
        if (key.Transit is { } transit) { return Kept(new TransitKey(transit, TokenOf(key), key.Namespace, clock)); }

        return key.File is { } path ? LocalKeyFile.Open(path, PassphraseOf(key)) : LocalKeyFile.OpenOrCreate(Path.Combine(folder.Keys, name + ".pem"), PassphraseOf(key));
    }

    private IKeyStore MakeStore(NamedKey key)
    {
        if (key.Vault is { } vault) { return new KeyVaultKeyStore(KeyVaultKey.VaultOf(vault), (key.Credential ?? new()).Open(), clock); }
        if (key.Kms is { } arn) { return new KmsKeyStore(KmsKey.RegionOf(arn)!, CredentialOf(key), key.Endpoint, clock); }
        if (key.Transit is { } transit) { return new TransitKeyStore(TransitKey.EngineOf(transit), TokenOf(key), key.Namespace, clock); }

        return new LocalKeyStore(key.File is { } path ? Path.GetDirectoryName(Path.GetFullPath(path))! : folder.Keys, PassphraseOf(key));
    }

    private static BasicAWSCredentials? CredentialOf(NamedKey key) => key.AccessKeyId is { Length: > 0 } id ? new BasicAWSCredentials(id, key.SecretAccessKey) : null;

    private static Func<string> TokenOf(NamedKey key) => () => OwnerOnlyFile.Read(key.TokenFile!, "token of HashiCorp Vault").Trim();

    private static string? PassphraseOf(NamedKey key) => key.PassphraseFile is { } file ? Passphrase.Read(file) : key.Passphrase;

    private UnwrappedKeys Kept(ServiceKey key) => new(key, TimeSpan.FromSeconds(replay.Value.KeySeconds), clock);
}
