using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>The identity provider as it describes itself, and what its tokens must be.</summary>
internal sealed class OrganizationProvider(IOptions<OrganizationOptions> options, IHttpClientFactory clients, TimeProvider clock)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    /// <summary>Signatures by public key only: none at all, and those under a shared secret, are refused.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly Lazy<ConfigurationManager<OpenIdConnectConfiguration>> _discovery = new(() => new(
        $"{options.Value.Authority!.TrimEnd('/')}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever(clients.CreateClient(OrganizationHandler.SchemeName)) { RequireHttps = !new Uri(options.Value.Authority!).IsLoopback }));

    /// <exception cref="AuthenticationFailureException">The provider does not answer, or says that it is another one.</exception>
    public async Task<OpenIdConnectConfiguration> DiscoverAsync(CancellationToken cancellation)
    {
        OpenIdConnectConfiguration found;
        try
        {
            found = await _discovery.Value.GetConfigurationAsync(cancellation);
        }
        catch (Exception away) when (away is InvalidOperationException or IOException or HttpRequestException && !cancellation.IsCancellationRequested)
        {
            throw new AuthenticationFailureException("The identity provider does not answer.", away);
        }

        return string.Equals(found.Issuer?.TrimEnd('/'), options.Value.Authority!.TrimEnd('/'), StringComparison.Ordinal)
            ? found
            : throw new AuthenticationFailureException("The identity provider names itself otherwise than OpenIdConnect:Authority.");
    }

    /// <summary>The claims of an ID token that is signed by the provider, for this server, of this very sign-in, and in time.</summary>
    /// <exception cref="AuthenticationFailureException">It is not; the message says in what.</exception>
    public async Task<ClaimsIdentity> ValidateAsync(string? token, string? nonce, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(token)) { throw new AuthenticationFailureException("There is no ID token."); }

        var result = await CheckAsync();
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            _discovery.Value.RequestRefresh(); // the provider may have new keys
            result = await CheckAsync();
        }

        if (!result.IsValid) { throw new AuthenticationFailureException("The ID token is not valid.", result.Exception); }

        var identity = result.ClaimsIdentity;
        if (nonce is null || !Same(identity.FindFirst("nonce")?.Value, nonce)) { throw new AuthenticationFailureException("The ID token is of another sign-in."); }
        if (identity.FindAll("aud").Count() > 1 && identity.FindFirst("azp")?.Value != options.Value.ClientId) { throw new AuthenticationFailureException("The ID token is for another party too."); }
        if (string.IsNullOrEmpty(identity.FindFirst("sub")?.Value)) { throw new AuthenticationFailureException("The ID token names nobody."); }
        return identity;

        async Task<TokenValidationResult> CheckAsync()
        {
            var discovered = await DiscoverAsync(cancellation);
            return await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
            {
                ValidIssuer = discovered.Issuer,
                ValidAudience = options.Value.ClientId,
                IssuerSigningKeys = discovered.SigningKeys,
                ValidAlgorithms = Algorithms,
                RequireSignedTokens = true,
                RequireExpirationTime = true,
                LifetimeValidator = (from, until, _, _) => until is { } end && clock.GetUtcNow() < new DateTimeOffset(end, TimeSpan.Zero) + Skew && (from is not { } begin || clock.GetUtcNow() > new DateTimeOffset(begin, TimeSpan.Zero) - Skew),
            });
        }
    }

    private static bool Same(string? one, string other) =>
        one is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
