using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Access.Organization;

/// <summary>An identity provider that answers whatever a test says: the same words as a real one, with one of them wrong.</summary>
internal sealed class ScriptedProvider : IAsyncDisposable
{
    public const string ClientId = "secure-recorder";
    private readonly RSA key = RSA.Create(2048);
    private readonly RSA stranger = RSA.Create(2048);
    private readonly WebApplication app;
    private string nonce = "";

    private ScriptedProvider(WebApplication app, string issuer) => (this.app, Issuer) = (app, issuer);

    public string Issuer { get; }

    /// <summary>Changes the claims of the next ID tokens.</summary>
    public Action<Dictionary<string, object>> Change { get; set; } = _ => { };

    /// <summary>How they are signed: <c>RS256</c>, <c>stranger</c>, <c>none</c>, or <c>HS256</c> under the client's secret.</summary>
    public string Signing { get; set; } = "RS256";

    /// <summary>The form that the server sent for its last code.</summary>
    public Dictionary<string, string> Asked { get; private set; } = [];

    public static async Task<ScriptedProvider> StartAsync(string? issuerThatItNames = null)
    {
        var address = $"http://127.0.0.1:{LoopbackPort.Take()}";
        var builder = WebApplication.CreateSlimBuilder([$"--urls={address}"]);
        builder.Logging.ClearProviders();
        var provider = new ScriptedProvider(builder.Build(), address);
        provider.app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = issuerThatItNames ?? address,
            ["authorization_endpoint"] = address + "/authorize",
            ["token_endpoint"] = address + "/token",
            ["jwks_uri"] = address + "/jwks",
        }));
        provider.app.MapGet("/jwks", () =>
        {
            var shown = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(provider.key.ExportParameters(false)) { KeyId = "one" });
            return Results.Json(new { keys = new[] { new { kty = "RSA", kid = "one", use = "sig", n = shown.N, e = shown.E } } });
        });
        provider.app.MapGet("/authorize", (HttpContext http) =>
        {
            provider.nonce = http.Request.Query["nonce"].ToString();
            return Results.Redirect($"{http.Request.Query["redirect_uri"]}?code=the-code&state={Uri.EscapeDataString(http.Request.Query["state"].ToString())}");
        });
        provider.app.MapPost("/token", async (HttpContext http) =>
        {
            provider.Asked = (await http.Request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
            return Results.Json(new { access_token = "x", token_type = "Bearer", id_token = provider.Token() });
        });
        await provider.app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
        stranger.Dispose();
    }

    private string Token()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Issuer, ["aud"] = ClientId, ["sub"] = "42", ["nonce"] = nonce, ["iat"] = now, ["exp"] = now + 300,
            ["preferred_username"] = "otto", ["name"] = "Otto Organization", ["groups"] = new[] { "support" }, ["amr"] = new[] { "mfa" },
        };
        Change(claims);
        var payload = JsonSerializer.Serialize(claims);
        return Signing switch
        {
            "none" => $"{Encode("""{"alg":"none"}""")}.{Encode(payload)}.",
            "HS256" => new JsonWebTokenHandler().CreateToken(payload, new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(OpenIdProvider.ClientSecret)) { KeyId = "one" }, SecurityAlgorithms.HmacSha256)),
            "stranger" => new JsonWebTokenHandler().CreateToken(payload, new SigningCredentials(new RsaSecurityKey(stranger) { KeyId = "one" }, SecurityAlgorithms.RsaSha256)),
            _ => new JsonWebTokenHandler().CreateToken(payload, new SigningCredentials(new RsaSecurityKey(key) { KeyId = "one" }, SecurityAlgorithms.RsaSha256)),
        };
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
