using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace SecureRecorder.TestServers.Keys;

/// <summary>Speaks the Transit engine's API of HashiCorp Vault: reading a key, decrypting with it.</summary>
public sealed class TransitServer : FakeKeyService
{
    public const string Token = "hvs.a-token-of-the-tests";

    private readonly ConcurrentDictionary<string, List<(string Kind, RSA? Rsa)>> _keys = new(StringComparer.Ordinal);
    private int _made;

    /// <summary>Versions before this one do not decrypt.</summary>
    public int OldestThatDecrypts { get; set; } = 1;

    /// <summary>The token that it takes.</summary>
    public string Accepted { get; set; } = Token;

    /// <summary>The namespace that the last request named.</summary>
    public string? Namespace { get; private set; }

    /// <summary>What the token's policy does not allow.</summary>
    public Predicate<HttpListenerRequest> Denies { get; set; } = _ => false;

    /// <summary>Names of the keys that there are.</summary>
    public ICollection<string> Names => _keys.Keys;

    public string AddressOf(string name) => $"{Address.GetLeftPart(UriPartial.Authority)}/v1/transit/keys/{name}";

    public override string AddKey(string name, string kind = "3072")
    {
        var versions = _keys.GetOrAdd(name, _ => []);
        versions.Add((kind, RsaKeys.Of(kind, Interlocked.Increment(ref _made))));
        return $"{AddressOf(name)}/{versions.Count}";
    }

    public override void Forget(string name) => _keys.TryRemove(name, out _);

    public override void Disable(string name) => throw new NotSupportedException("Transit knows no disabled keys.");

    private protected override byte[] ErrorOf(string code, string message) => Json(new { errors = message.Length == 0 ? [] : new[] { message } });

    private protected override (int Status, byte[] Body) Reply(HttpListenerContext context, byte[] body)
    {
        if (RefusesCredential || context.Request.Headers["X-Vault-Token"] != Accepted) { return (403, ErrorOf("", "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n")); }

        if (Denies(context.Request)) { return (403, ErrorOf("", "1 error occurred:\n\t* permission denied\n\n")); }

        Namespace = context.Request.Headers["X-Vault-Namespace"];
        string[] path = context.Request.Url!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return path switch
        {
            ["v1", "transit", "keys", var name] when context.Request.HttpMethod == "GET" => _keys.TryGetValue(name, out var versions) ? (200, Describe(name, versions)) : (404, ErrorOf("", "")),
            ["v1", "transit", "keys", var name] when context.Request.HttpMethod == "POST" => Create(name, body),
            ["v1", "transit", "keys", var name, "config"] => Configure(name, body),
            ["v1", "transit", "keys", var name] when context.Request.HttpMethod == "DELETE" =>
                !_keys.ContainsKey(name) ? (400, ErrorOf("", "could not delete key; not found")) : !_deletable.ContainsKey(name) ? (400, ErrorOf("", "deletion is not allowed for this key")) : Delete(name),
            ["v1", "transit", "decrypt", var name] when context.Request.HttpMethod == "POST" => _keys.TryGetValue(name, out var versions) ? Decrypt(versions, body) : (400, ErrorOf("", "encryption key not found")),
            _ => (404, ErrorOf("", "no handler for route")),
        };
    }

    private readonly ConcurrentDictionary<string, bool> _deletable = new(StringComparer.Ordinal);

    private (int, byte[]) Create(string name, byte[] body)
    {
        using var asked = JsonDocument.Parse(body);
        if (asked.RootElement.GetProperty("type").GetString() != "rsa-3072" || asked.RootElement.GetProperty("exportable").GetBoolean()) { return (400, ErrorOf("", "not what the tests expect")); }
        if (!_keys.ContainsKey(name)) { AddKey(name); }
        return (200, Describe(name, _keys[name]));
    }

    private (int, byte[]) Configure(string name, byte[] body)
    {
        using var asked = JsonDocument.Parse(body);
        if (asked.RootElement.GetProperty("deletion_allowed").GetBoolean()) { _deletable[name] = true; }
        return (200, Describe(name, _keys[name]));
    }

    private (int, byte[]) Delete(string name)
    {
        _keys.TryRemove(name, out _);
        _deletable.TryRemove(name, out _);
        return (204, []);
    }

    private static byte[] Describe(string name, List<(string Kind, RSA? Rsa)> versions) => Json(new
    {
        data = new
        {
            name,
            type = versions[^1].Rsa is null ? "ecdsa-p256" : $"rsa-{versions[^1].Kind}",
            latest_version = versions.Count,
            min_decryption_version = 1,
            deletion_allowed = false,
            keys = versions.Select((version, index) => (version, index)).ToDictionary(one => $"{one.index + 1}", one => new { name = "rsa", public_key = one.version.Rsa?.ExportSubjectPublicKeyInfoPem() ?? "" }),
        },
    });

    private (int, byte[]) Decrypt(List<(string Kind, RSA? Rsa)> versions, byte[] body)
    {
        using var asked = JsonDocument.Parse(body);
        if (asked.RootElement.GetProperty("ciphertext").GetString()!.Split(':') is not ["vault", ['v', .. var number], var base64] || !int.TryParse(number, out var version)) { return (400, ErrorOf("", "invalid ciphertext: no prefix")); }
        if (version > versions.Count) { return (400, ErrorOf("", "invalid ciphertext: version is too new")); }
        if (version < OldestThatDecrypts) { return (400, ErrorOf("", "ciphertext or signature version is disallowed by policy (too old)")); }
        if (RsaKeys.Decrypt(versions[version - 1].Rsa!, Convert.FromBase64String(base64)) is not { } bytes) { return (400, ErrorOf("", "failed to RSA decrypt the ciphertext: crypto/rsa: decryption error")); }

        Count();
        return (200, Json(new { request_id = "1", data = new { plaintext = Convert.ToBase64String(bytes) } }));
    }
}
