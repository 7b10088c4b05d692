using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>The framework's authorization-code flow (state, correlation cookie, PKCE), made OpenID Connect: addresses by discovery, a nonce, and an ID token that is checked before anything in it counts.</summary>
/// <remarks>Sources: OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9207.</remarks>
internal sealed class OrganizationHandler(
    IOptionsMonitor<OAuthOptions> options, ILoggerFactory loggers, UrlEncoder encoder, OrganizationProvider provider, IOptions<OrganizationOptions> organization, IOptions<SignInOptions> signIn)
    : OAuthHandler<OAuthOptions>(options, loggers, encoder)
{
    public const string SchemeName = "organization";
    private const string Nonce = "nonce";
    private const string Again = "again";

    /// <param name="again">Whether the provider is to ask for everything once more, also whom it knows.</param>
    public static AuthenticationProperties Ask(string next, bool again)
    {
        var properties = new AuthenticationProperties { RedirectUri = next };
        if (again) { properties.Items[Again] = "1"; } // protected with the state
        return properties;
    }

    /// <summary>Whether the provider was to ask once more.</summary>
    public static bool IsAgain(AuthenticationProperties? properties) => properties?.Items.ContainsKey(Again) ?? false;

    private OpenIdConnectConfiguration? _discovered;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        _discovered = await provider.DiscoverAsync(Context.RequestAborted);
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var nonce = SecretTokens.Create();
        properties.Items[Nonce] = nonce; // protected with the state
        var query = QueryHelpers.ParseQuery(new Uri(base.BuildChallengeUrl(properties, redirectUri)).Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString(), StringComparer.Ordinal);
        query[Nonce] = nonce;
        query["max_age"] = $"{signIn.Value.FactorHours * 3600}"; // who signed in there longer ago is asked anew, and the token says when
        if (IsAgain(properties)) { query["prompt"] = "login"; }
        if (organization.Value.AcrValues is { Length: > 0 } acr) { query["acr_values"] = string.Join(' ', acr); }
        return QueryHelpers.AddQueryString(_discovered!.AuthorizationEndpoint, query);
    }

    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        _discovered = await provider.DiscoverAsync(Context.RequestAborted);
        if (Request.Query.TryGetValue("iss", out var issuer) && issuer != _discovered.Issuer) { return HandleRequestResult.Fail("The answer is another issuer's."); }
        return await base.HandleRemoteAuthenticateAsync();
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["code"] = context.Code,
            ["redirect_uri"] = context.RedirectUri,
        };
        if (context.Properties.Items.TryGetValue(OAuthConstants.CodeVerifierKey, out var verifier) && verifier is not null) { form[OAuthConstants.CodeVerifierKey] = verifier; }
        using var request = new HttpRequestMessage(HttpMethod.Post, _discovered!.TokenEndpoint);
        if (_discovered.TokenEndpointAuthMethodsSupported is { Count: > 0 } methods && !methods.Contains("client_secret_basic"))
        {
            (form["client_id"], form["client_secret"]) = (Options.ClientId, Options.ClientSecret);
        }
        else
        {
            var credentials = $"{Uri.EscapeDataString(Options.ClientId)}:{Uri.EscapeDataString(Options.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await Backchannel.SendAsync(request, Context.RequestAborted);
        if (!answer.IsSuccessStatusCode) { return OAuthTokenResponse.Failed(new AuthenticationFailureException($"The provider's token endpoint answered {(int)answer.StatusCode}.")); }

        return OAuthTokenResponse.Success(JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Context.RequestAborted)));
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        var token = tokens.Response!.RootElement.TryGetProperty("id_token", out var value) ? value.GetString() : null;
        var nonce = properties.Items.TryGetValue(Nonce, out var expected) ? expected : null;
        var claims = await provider.ValidateAsync(token, nonce, Context.RequestAborted);
        return new(new ClaimsPrincipal(claims), properties, Scheme.Name);
    }
}
