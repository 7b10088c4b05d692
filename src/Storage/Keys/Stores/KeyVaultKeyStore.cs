using System.Text.Json;
using Azure.Core;
using SecureRecorder.Storage.Keys.KeyVault;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.Stores;

/// <summary>Keys in an Azure Key Vault or Managed HSM. The identity needs create, read, unwrap, delete and purge on keys. Where the vault is protected against purging, a destroyed key can be brought back until the vault lets go of it.</summary>
public sealed class KeyVaultKeyStore : IKeyStore
{
    /// <summary>Deleting and purging go on after the vault's answer.</summary>
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);

    private const int MostLooks = 60;

    private readonly string _vault;
    private readonly TokenCredential _credential;
    private readonly TimeProvider _clock;
    private readonly KeyVaultRest _rest;
    private readonly KeyServiceCalls _calls;

    /// <param name="vault">https://VAULT.</param>
    /// <exception cref="KeyRefusedException">Not the address of a vault.</exception>
    public KeyVaultKeyStore(string vault, TokenCredential credential, TimeProvider clock)
    {
        var address = KeyVaultAddress.Parse($"{vault.TrimEnd('/')}/keys/name").Vault;
        (_vault, _credential, _clock) = (address.GetLeftPart(UriPartial.Authority), credential, clock);
        (_rest, _calls) = (new(address, _vault, credential, clock), new(_vault, clock));
    }

    public string Id => _vault;

    /// <inheritdoc/>
    public async Task<IKeyWrapper> CreateAsync(string name, CancellationToken cancellation)
    {
        if (await FindAsync(name, cancellation) is { } found) { return found; } // making it again would make a version

        var type = new Uri(_vault).Host.Contains(".managedhsm.", StringComparison.OrdinalIgnoreCase) ? "RSA-HSM" : "RSA";
        await SendAsync(RequestMethod.Post, $"keys/{name}/create", new { kty = type, key_size = KeyName.SizeInBits, key_ops = (string[])["unwrapKey"] }, cancellation);
        return await FindAsync(name, cancellation) ?? throw new KeyServiceException(_vault, $"it took the new key '{name}', and does not have it");
    }

    /// <inheritdoc/>
    public async Task<IKeyWrapper?> FindAsync(string name, CancellationToken cancellation) =>
        await IsThereAsync($"keys/{KeyName.Checked(name)}", cancellation) ? await new KeyVaultKey($"{_vault}/keys/{name}", _credential, _clock).LookedUpAsync(cancellation) : null;

    /// <inheritdoc/>
    public async Task<KeyDestruction> DestroyAsync(string name, CancellationToken cancellation)
    {
        var deleted = $"deletedkeys/{KeyName.Checked(name)}";
        var existed = (await SendAsync(RequestMethod.Delete, $"keys/{name}", null, cancellation)).Status == 200;
        await UntilAsync(async () => !await IsThereAsync($"keys/{name}", cancellation), cancellation);
        if (existed) { await UntilAsync(() => IsThereAsync(deleted, cancellation), cancellation); } // a vault without soft delete is not made any more
        else if (!await IsThereAsync(deleted, cancellation)) { return new(Existed: false, RecoverableUntil: null); }

        if ((await SendAsync(RequestMethod.Delete, deleted, null, cancellation)).Status != 403)
        {
            await UntilAsync(async () => !await IsThereAsync(deleted, cancellation), cancellation);
            return new(Existed: true, RecoverableUntil: null);
        }

        var kept = await SendAsync(RequestMethod.Get, deleted, null, cancellation);
        return kept.PurgedAt is { } until ? new(Existed: true, until) : throw new KeyServiceException(_vault, $"it does not let this server purge the key '{name}', and does not say when it does so itself") { IsTransient = false };
    }

    public void Dispose() => _rest.Dispose();

    private async Task<bool> IsThereAsync(string path, CancellationToken cancellation) => (await SendAsync(RequestMethod.Get, path, null, cancellation)).Status == 200;

    private async Task UntilAsync(Func<Task<bool>> done, CancellationToken cancellation)
    {
        for (var looks = 0; !await done(); looks++)
        {
            if (looks == MostLooks) { throw new KeyServiceException(_vault, "it has not finished yet; it is asked again next time"); }
            await Task.Delay(LooksEvery, _clock, cancellation);
        }
    }

    private Task<(int Status, DateTimeOffset? PurgedAt)> SendAsync(RequestMethod method, string path, object? body, CancellationToken cancellation) => _calls.RunAsync(async limit =>
    {
        using var content = body is null ? null : RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(body));
        using var answer = await _rest.SendAsync(method, $"{_vault}/{path}", content, limit);
        var message = answer.Text("error", "message");
        return answer.Status switch
        {
            200 => (200, PurgeDateOf(answer)),
            204 => (204, null),
            404 when answer.Text("error", "code") is not null => (404, null),
            403 when method == RequestMethod.Delete && path.StartsWith("deletedkeys/", StringComparison.Ordinal) => ((int Status, DateTimeOffset? PurgedAt))(403, null),
            429 or 408 or 409 or >= 500 => throw new KeyServiceException(_vault, answer.Describe(message)) { RetryAfter = answer.RetryAfter },
            _ => throw new KeyServiceException(_vault, answer.Describe(message)) { IsTransient = false },
        };
    }, cancellation);

    private static DateTimeOffset? PurgeDateOf(ServiceAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.TryGetProperty("scheduledPurgeDate", out var at) && at.TryGetInt64(out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
