using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Core;

namespace SecureRecorder.TestServers.Keys;

/// <summary>Speaks Azure Key Vault's REST API 7.4: the bearer challenge, reading a key, unwrapping with it; and gives out tokens, as a machine's managed identity does.</summary>
public sealed class KeyVaultServer : FakeKeyService
{
    public const string Tenant = "11111111-2222-3333-4444-555555555555";

    private readonly ConcurrentDictionary<string, List<Version>> _keys = new(StringComparer.OrdinalIgnoreCase);
    private int _bodiesOfStrangers;
    private int _made;
    private readonly ConcurrentDictionary<string, List<Version>> _deleted = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, bool> _tokens = new(StringComparer.Ordinal);

    public KeyVaultServer() => Resource = Address.GetLeftPart(UriPartial.Authority);

    /// <summary>What its challenge says that a token must be for.</summary>
    public string Resource { get; set; }

    /// <summary>Tokens it gave out.</summary>
    public int Tokens => _tokens.Count;

    /// <summary>Bodies that came without a token.</summary>
    public int BodiesOfStrangers => Volatile.Read(ref _bodiesOfStrangers);

    /// <summary>Whether deleted keys stay until their time is over.</summary>
    public bool IsProtectedAgainstPurging { get; set; }

    /// <summary>When that is.</summary>
    public DateTimeOffset PurgesAt { get; } = DateTimeOffset.UnixEpoch.AddYears(57);

    /// <summary>Of a key: its address without a version.</summary>
    public string AddressOf(string name) => $"{Address.GetLeftPart(UriPartial.Authority)}/keys/{name}";

    public override string AddKey(string name, string kind = "3072")
    {
        var version = new Version(RandomNumberGenerator.GetHexString(32, lowercase: true), RsaKeys.Of(kind, Interlocked.Increment(ref _made)));
        _keys.GetOrAdd(name, _ => []).Add(version);
        return $"{AddressOf(name)}/{version.Name}";
    }

    public override void Forget(string name) => _keys.TryRemove(name, out _);

    public override void Disable(string name) => Latest(name).Enabled = false;

    public void Enable(string name) => Latest(name).Enabled = true;

    public void Expire(string name) => Latest(name).Expires = 1;

    public void Forbid(string name, string operation) => Latest(name).Operations.Remove(operation);

    /// <summary>Another key's identifier from now on, as a vault that is not what it seems would have it.</summary>
    public void Rename(string name, string kid) => Latest(name).Kid = kid;

    /// <summary>A token of the vault's identity provider.</summary>
    public string NewToken()
    {
        var token = RandomNumberGenerator.GetHexString(40);
        _tokens[token] = true;
        return token;
    }

    /// <summary>All tokens so far are over.</summary>
    public void RevokeTokens()
    {
        foreach (var token in _tokens.Keys) { _tokens[token] = false; }
    }

    /// <summary>What a client is to the identity provider.</summary>
    public TokenCredential Credential(TimeProvider clock, TimeSpan? lifetime = null) => new Issued(this, clock, lifetime ?? TimeSpan.FromHours(1));

    private protected override byte[] ErrorOf(string code, string message) => Json(new { error = new { code, message } });

    private protected override (int Status, byte[] Body) Reply(HttpListenerContext context, byte[] body)
    {
        var request = context.Request;
        if (request.Url!.AbsolutePath == "/msi/token") { return (200, Json(new { access_token = NewToken(), expires_on = DateTimeOffset.UnixEpoch.AddYears(100).ToUnixTimeSeconds().ToString(), resource = request.QueryString["resource"], token_type = "Bearer" })); }
        if (request.Headers["Authorization"] is not { } bearer || !_tokens.TryGetValue(bearer["Bearer ".Length..], out var good) || !good || RefusesCredential)
        {
            if (body.Length > 0 && request.Headers["Authorization"] is null) { Interlocked.Increment(ref _bodiesOfStrangers); }
            context.Response.AppendHeader("WWW-Authenticate", $"Bearer authorization=\"https://login.example.org/{Tenant}\", resource=\"{Resource}\"");
            return (401, ErrorOf("Unauthorized", "AKV10000: Request is missing a Bearer or PoP token."));
        }

        if (request.QueryString["api-version"] != "7.4") { return (400, ErrorOf("BadParameter", "The specified version is not recognized.")); }
        string[] path = request.Url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path is ["deletedkeys", var gone]) { return Deleted(request.HttpMethod, gone); }
        if (path is ["keys", var made, "create"]) { return Create(made, body); }
        if (path is ["keys", var going] && request.HttpMethod == "DELETE" && _keys.TryRemove(going, out var removed))
        {
            _deleted[going] = removed;
            return (200, Describe(going, removed[^1]));
        }

        if (path is not ["keys", var name, ..] || !_keys.TryGetValue(name, out var versions)) { return (404, ErrorOf("KeyNotFound", "A key with (name/id) was not found in this key vault.")); }

        var version = path.Length > 2 && path[2] != "unwrapkey" ? versions.Find(one => one.Name == path[2]) : versions[^1];
        if (version is null) { return (404, ErrorOf("KeyNotFound", "A key with (name/id) was not found in this key vault.")); }
        return path[^1] == "unwrapkey" ? Unwrap(name, version, body) : (200, Describe(name, version));
    }

    private (int, byte[]) Create(string name, byte[] body)
    {
        if (_deleted.ContainsKey(name)) { return (409, Json(new { error = new { code = "Conflict", message = "Key is currently in a deleted but recoverable state.", innererror = new { code = "ObjectIsDeletedButRecoverable" } } })); }

        using var asked = JsonDocument.Parse(body);
        AddKey(name, $"{asked.RootElement.GetProperty("key_size").GetInt32()}");
        Latest(name).Operations.Clear();
        Latest(name).Operations.AddRange(asked.RootElement.GetProperty("key_ops").EnumerateArray().Select(operation => operation.GetString()!));
        return (200, Describe(name, Latest(name)));
    }

    private (int, byte[]) Deleted(string method, string name)
    {
        if (!_deleted.TryGetValue(name, out var versions)) { return (404, ErrorOf("KeyNotFound", "A deleted key was not found.")); }
        if (method == "GET") { return (200, Json(new { recoveryId = $"{Address}deletedkeys/{name}", scheduledPurgeDate = PurgesAt.ToUnixTimeSeconds(), key = new { kid = versions[^1].Name } })); }
        if (IsProtectedAgainstPurging) { return (403, ErrorOf("Forbidden", "Operation purge is not allowed because purge protection is enabled for this vault.")); }

        _deleted.TryRemove(name, out _);
        return (204, []);
    }

    private byte[] Describe(string name, Version version)
    {
        var attributes = new Dictionary<string, object> { ["enabled"] = version.Enabled, ["created"] = 1, ["updated"] = 1, ["recoveryLevel"] = "Recoverable+Purgeable" };
        if (version.Expires is { } expires) { attributes["exp"] = expires; }
        var kid = version.Kid ?? $"{AddressOf(name)}/{version.Name}";
        if (version.Rsa is null) { return Json(new { key = new { kid, kty = "EC", crv = "P-256", x = "AA", y = "AA", key_ops = version.Operations }, attributes }); }

        var parameters = version.Rsa.ExportParameters(includePrivateParameters: false);
        return Json(new { key = new { kid, kty = "RSA", key_ops = version.Operations, n = Base64Url.EncodeToString(parameters.Modulus), e = Base64Url.EncodeToString(parameters.Exponent) }, attributes });
    }

    private (int, byte[]) Unwrap(string name, Version version, byte[] body)
    {
        if (!version.Enabled) { return (403, Json(new { error = new { code = "Forbidden", message = "Operation unwrapKey is not allowed on a disabled key.", innererror = new { code = "KeyDisabled" } } })); }
        if (!version.Operations.Contains("unwrapKey")) { return (403, ErrorOf("Forbidden", "Operation is not permitted on this key.")); }

        using var asked = JsonDocument.Parse(body);
        if (asked.RootElement.GetProperty("alg").GetString() != "RSA-OAEP-256") { return (400, ErrorOf("BadParameter", "The algorithm is not supported.")); }
        if (RsaKeys.Decrypt(version.Rsa!, Base64Url.DecodeFromChars(asked.RootElement.GetProperty("value").GetString())) is not { } bytes) { return (400, ErrorOf("BadParameter", "The parameter is incorrect.")); }

        Count();
        return (200, Json(new { kid = version.Kid ?? $"{AddressOf(name)}/{version.Name}", value = Base64Url.EncodeToString(bytes) }));
    }

    private Version Latest(string name) => _keys[name][^1];

    private sealed class Version(string name, RSA? rsa)
    {
        public string Name => name;
        public RSA? Rsa => rsa;
        public string? Kid { get; set; }
        public bool Enabled { get; set; } = true;
        public long? Expires { get; set; }
        public List<string> Operations { get; } = ["wrapKey", "unwrapKey"];
    }

    private sealed class Issued(KeyVaultServer server, TimeProvider clock, TimeSpan lifetime) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            requestContext.Scopes is [var scope] && scope == server.Resource + "/.default" && requestContext.TenantId == Tenant
                ? new(new AccessToken(server.NewToken(), clock.GetUtcNow() + lifetime))
                : throw new InvalidOperationException($"No token for {string.Join(' ', requestContext.Scopes)} of {requestContext.TenantId}.");
    }
}
