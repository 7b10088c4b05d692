using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.KeyVault;

/// <summary>A KEK in an Azure Key Vault or Managed HSM: RSA, or RSA-HSM, of 3072 or 4096 bits. The server needs the rights to read the key and to unwrap with it, and no other.</summary>
/// <remarks>Source: Key Vault REST API 7.4, "Get Key" and "Unwrap Key". <c>kid</c> is the versioned identifier.</remarks>
public sealed class KeyVaultKey : ServiceKey
{
    private readonly KeyVaultAddress _address;
    private readonly KeyVaultRest _rest;
    private readonly TimeProvider _clock;

    /// <param name="address">With a version, that one alone; without, the current one wraps, and every one of the key's unwraps.</param>
    /// <exception cref="KeyRefusedException">Not the address of a key.</exception>
    public KeyVaultKey(string address, TokenCredential credential, TimeProvider clock) : this(KeyVaultAddress.Parse(address), credential, clock) { }

    private KeyVaultKey(KeyVaultAddress address, TokenCredential credential, TimeProvider clock) : base(address.ToString(), new(address.ToString(), clock)) =>
        (_address, _clock, _rest) = (address, clock, new(address.Vault, address.ToString(), credential, clock));

    /// <summary>The vault of a key: <c>https://VAULT</c>.</summary>
    /// <exception cref="KeyRefusedException">Not the address of a key.</exception>
    public static string VaultOf(string address) => KeyVaultAddress.Parse(address).Vault.GetLeftPart(UriPartial.Authority);

    /// <summary>Why this is not the address of a key; <see langword="null"/>: it is one.</summary>
    public static string? Objection(string address)
    {
        try
        {
            KeyVaultAddress.Parse(address);
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
        using var answer = await _rest.SendAsync(RequestMethod.Get, _address.ToString(), content: null, cancellation);
        if (answer is { Status: 404 } && CodeOf(answer) is not null) { throw Unfit("the vault has no such key, or it was deleted"); }
        if (answer is { Status: 400 }) { throw Unfit(answer.Describe(answer.Text("error", "message"))); }
        if (!answer.IsSuccess) { throw Fault(answer); }

        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return Judge(document.RootElement);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Away("its answer is not the description of a key", malformed);
        }
    }

    private protected override async Task<byte[]?> DecryptAsync(string kid, byte[] wrapped, CancellationToken cancellation)
    {
        using var content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["alg"] = KeyFile.Algorithm, ["value"] = Base64Url.EncodeToString(wrapped) }));
        using var answer = await _rest.SendAsync(RequestMethod.Post, $"{_address.Key}/{_address.VersionOf(kid)}/unwrapkey", content, cancellation);
        return answer.Status switch
        {
            200 when _address.VersionOf(answer.Text("kid") ?? "") != _address.VersionOf(kid) => throw Away("its answer is not of the key that was asked for"),
            200 => answer.Secret("value", url: true) ?? throw Away("its answer has no key in it"),
            400 => null,
            404 when CodeOf(answer) is not null => throw new KeyUnwrapException($"The KEK '{kid}' is not in its vault any more: it was deleted."),
            _ => throw Fault(answer),
        };
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing) { _rest.Dispose(); }
        base.Dispose(disposing);
    }

    /// <summary>Whether the key may be a KEK.</summary>
    private KekPublicKey Judge(JsonElement root)
    {
        var key = root.GetProperty("key");
        var (kid, type) = (key.GetProperty("kid").GetString() ?? "", key.GetProperty("kty").GetString() ?? "");
        if (type is not ("RSA" or "RSA-HSM")) { throw Unfit($"its type is '{type}', not RSA or RSA-HSM"); }
        if (_address.VersionOf(kid) is not { } version) { throw Unfit($"the vault answers with another key, '{kid}'"); }
        if (key.TryGetProperty("key_ops", out var operations) && !operations.EnumerateArray().Any(one => one.GetString() == "unwrapKey")) { throw Unfit("the operation 'unwrapKey' is not permitted with it"); }

        if (root.TryGetProperty("attributes", out var attributes))
        {
            var now = _clock.GetUtcNow().ToUnixTimeSeconds();
            if (attributes.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.False) { throw Unfit("it is disabled"); }
            if (attributes.TryGetProperty("exp", out var ends) && ends.GetInt64() <= now) { throw Unfit($"it expired {DateTimeOffset.FromUnixTimeSeconds(ends.GetInt64()):yyyy-MM-dd}"); }
            if (attributes.TryGetProperty("nbf", out var begins) && begins.GetInt64() > now) { throw Unfit($"it begins {DateTimeOffset.FromUnixTimeSeconds(begins.GetInt64()):yyyy-MM-dd} only"); }
        }

        return new($"{_address.Key}/{version}", KeyFile.Algorithm, new("RSA", key.GetProperty("n").GetString() ?? "", key.GetProperty("e").GetString() ?? ""));
    }

    private KeyServiceException Fault(ServiceAnswer answer) => answer switch
    {
        { Status: 401 } => Denied("it refuses this server's token"),
        { Status: 403 } when answer.Text("error", "innererror", "code") is "KeyDisabled" || CodeOf(answer) is "KeyDisabled" => Denied("the key is disabled"),
        { Status: 403 } => Denied($"it does not let this server read the key and unwrap with it ({answer.Describe(answer.Text("error", "message"))})"),
        { Status: 429 } => new(Id, "it asks for fewer calls (429)") { RetryAfter = answer.RetryAfter },
        { Status: 408 or 409 or >= 500 } => new(Id, answer.Describe(answer.Text("error", "message"))) { RetryAfter = answer.RetryAfter },
        _ => Denied(answer.Describe(answer.Text("error", "message"))),
    };

    private static string? CodeOf(ServiceAnswer answer) => answer.Text("error", "code");
}
