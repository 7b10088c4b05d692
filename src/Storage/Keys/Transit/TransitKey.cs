using System.Security.Cryptography;
using System.Text.Json;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.Transit;

/// <summary>A KEK in HashiCorp Vault's Transit engine: a key of the type rsa-3072 or rsa-4096. The server needs to read the key and to decrypt with it, and no other right.</summary>
/// <remarks>Source: Vault HTTP API, secret/transit. RSA keys decrypt OAEP with SHA-256 and an empty label; a ciphertext is <c>vault:vVERSION:base64</c>. <c>kid</c> is the key's address, a slash, and the version.</remarks>
public sealed class TransitKey : ServiceKey
{
    private readonly TransitAddress _address;
    private readonly TransitVault _vault;

    /// <param name="address">https://VAULT/v1/MOUNT/keys/NAME. The latest version wraps, and every one that Vault still has unwraps.</param>
    /// <param name="token">Read for each call.</param>
    /// <exception cref="KeyRefusedException">Not such an address.</exception>
    public TransitKey(string address, Func<string> token, string? @namespace, TimeProvider clock) : this(TransitAddress.Parse(address), new(token, @namespace, clock), clock) { }

    private TransitKey(TransitAddress address, TransitVault vault, TimeProvider clock) : base(address.Key, new(address.Key, clock)) => (_address, _vault) = (address, vault);

    /// <summary>The engine of a key: <c>https://VAULT/v1/MOUNT</c>.</summary>
    /// <exception cref="KeyRefusedException">Not the address of a key.</exception>
    public static string EngineOf(string address) => TransitAddress.Parse(address).Engine;

    /// <summary>Why this is not the address of a key; <see langword="null"/>: it is one.</summary>
    public static string? Objection(string address)
    {
        try
        {
            TransitAddress.Parse(address);
            return null;
        }
        catch (KeyRefusedException refused)
        {
            return refused.Message;
        }
    }

    public override bool Opens(string kid) => _address.VersionOf(kid) is not null;

    private protected override async Task<KekPublicKey> ReadPublicKeyAsync(CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, _address.Key, null, cancellation);
        if (answer.Status == 404 && TransitVault.ErrorOf(answer) is not null) { throw Unfit("Vault has no such key, or it was deleted"); }
        if (!answer.IsSuccess) { throw Fault(answer); }

        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var key = document.RootElement.GetProperty("data");
            var type = key.GetProperty("type").GetString();
            if (type is not ("rsa-3072" or "rsa-4096")) { throw Unfit($"its type is '{type}', not RSA of {string.Join(" or ", KekPublicKey.KeySizes)} bits"); }

            var version = key.GetProperty("latest_version").GetInt32();
            using var rsa = RSA.Create();
            rsa.ImportFromPem(key.GetProperty("keys").GetProperty($"{version}").GetProperty("public_key").GetString() ?? "");
            return new($"{_address.Key}/{version}", KeyFile.Algorithm, RsaPublicJwk.From(rsa));
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or CryptographicException)
        {
            throw Away("its answer is not the description of a key", malformed);
        }
    }

    private protected override async Task<byte[]?> DecryptAsync(string kid, byte[] wrapped, CancellationToken cancellation)
    {
        var ciphertext = $"vault:v{_address.VersionOf(kid)}:{Convert.ToBase64String(wrapped)}";
        using var answer = await SendAsync(HttpMethod.Post, $"{_address.Engine}/decrypt/{_address.Name}", new Dictionary<string, object> { ["ciphertext"] = ciphertext }, cancellation);
        if (answer.IsSuccess) { return answer.Secret("plaintext", url: false) ?? throw Away("its answer has no key in it"); }

        return (answer.Status, TransitVault.ErrorOf(answer)) switch
        {
            (400 or 404, { } error) when error.Contains("not found", StringComparison.OrdinalIgnoreCase) => throw new KeyUnwrapException($"The KEK '{kid}' is not in Vault any more: it was deleted."),
            (400, { } error) when error.Contains("disallowed by policy", StringComparison.OrdinalIgnoreCase) => throw Denied($"this version of the key may not decrypt any more ({error}); lower its min_decryption_version"),
            (400, { } error) when error.Contains("decrypt", StringComparison.OrdinalIgnoreCase) || error.Contains("ciphertext", StringComparison.OrdinalIgnoreCase) => null,
            _ => throw Fault(answer),
        };
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing) { _vault.Dispose(); }
        base.Dispose(disposing);
    }

    private async Task<ServiceAnswer> SendAsync(HttpMethod method, string address, IReadOnlyDictionary<string, object>? body, CancellationToken cancellation)
    {
        try
        {
            return await _vault.SendAsync(method, address, body, cancellation);
        }
        catch (Exception noToken) when (noToken is UnauthorizedAccessException or FileNotFoundException or CryptographicException)
        {
            throw Denied($"this server has no token for it: {noToken.Message}");
        }
    }

    private KeyServiceException Fault(ServiceAnswer answer) => answer.Status switch
    {
        401 or 403 => Denied($"it refuses this server's token, or does not let it use the key ({answer.Describe(TransitVault.ErrorOf(answer))})"),
        429 => new(Id, "it asks for fewer calls (429)") { RetryAfter = answer.RetryAfter },
        503 => new(Id, answer.Describe(TransitVault.ErrorOf(answer) is { Length: > 0 } error ? error : "it is sealed, or on its way up")) { RetryAfter = answer.RetryAfter },
        408 or >= 500 => new(Id, answer.Describe(TransitVault.ErrorOf(answer))) { RetryAfter = answer.RetryAfter },
        _ => Denied(answer.Describe(TransitVault.ErrorOf(answer))),
    };
}
