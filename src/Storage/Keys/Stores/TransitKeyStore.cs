using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.Storage.Keys.Transit;

namespace SecureRecorder.Storage.Keys.Stores;

/// <summary>Keys in a Transit engine of HashiCorp Vault. The token needs create, read, update and delete on <c>MOUNT/keys/PREFIX*</c>, and update on <c>MOUNT/decrypt/PREFIX*</c>.</summary>
/// <param name="engine">https://VAULT/v1/MOUNT.</param>
/// <param name="token">Read for each call.</param>
public sealed class TransitKeyStore(string engine, Func<string> token, string? @namespace, TimeProvider clock) : IKeyStore
{
    private readonly string _engine = TransitAddress.Parse($"{engine.TrimEnd('/')}/keys/name").Engine;
    private readonly TransitVault _vault = new(token, @namespace, clock);
    private readonly KeyServiceCalls _calls = new(engine, clock);

    public string Id => _engine;

    /// <inheritdoc/>
    public async Task<IKeyWrapper> CreateAsync(string name, CancellationToken cancellation)
    {
        // One that is there already stays as it is.
        await SendAsync(HttpMethod.Post, PathOf(name), new() { ["type"] = $"rsa-{KeyName.SizeInBits}", ["exportable"] = false, ["allow_plaintext_backup"] = false }, cancellation);
        return await FindAsync(name, cancellation) ?? throw new KeyServiceException(PathOf(name), "it took a new key, and does not have it");
    }

    /// <inheritdoc/>
    public async Task<IKeyWrapper?> FindAsync(string name, CancellationToken cancellation)
    {
        if (!await SendAsync(HttpMethod.Get, PathOf(name), null, cancellation)) { return null; }

        var key = new TransitKey(PathOf(name), token, @namespace, clock);
        return await key.LookedUpAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task<KeyDestruction> DestroyAsync(string name, CancellationToken cancellation)
    {
        if (!await SendAsync(HttpMethod.Get, PathOf(name), null, cancellation)) { return new(Existed: false, RecoverableUntil: null); }

        await SendAsync(HttpMethod.Post, PathOf(name) + "/config", new() { ["deletion_allowed"] = true }, cancellation);
        await SendAsync(HttpMethod.Delete, PathOf(name), null, cancellation);
        return new(Existed: true, RecoverableUntil: null);
    }

    public void Dispose() => _vault.Dispose();

    private string PathOf(string name) => $"{_engine}/keys/{KeyName.Checked(name)}";

    /// <returns>False: there is no such key.</returns>
    private Task<bool> SendAsync(HttpMethod method, string address, Dictionary<string, object>? body, CancellationToken cancellation) => _calls.RunAsync(async limit =>
    {
        using var answer = await _vault.SendAsync(method, address, body, limit);
        if (answer.IsSuccess) { return true; }

        var error = TransitVault.ErrorOf(answer);
        return answer.Status switch
        {
            404 when error is not null => false,
            400 when method == HttpMethod.Delete && error?.Contains("not found", StringComparison.OrdinalIgnoreCase) == true => false,
            429 or 408 or >= 500 => throw new KeyServiceException(address, answer.Describe(error)) { RetryAfter = answer.RetryAfter },
            _ => throw new KeyServiceException(address, answer.Describe(error)) { IsTransient = false },
        };
    }, cancellation);
}
