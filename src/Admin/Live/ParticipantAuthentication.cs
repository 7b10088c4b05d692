using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Live;

/// <summary>The recorded person's page, by the cookie that it got for the code. It stands for one session and nothing else.</summary>
internal sealed class ParticipantAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, CatalogueDb catalogue, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "participant";
    public const string CookieName = "participant";
    public const string SessionClaim = "session";

    private static readonly TimeSpan Validity = TimeSpan.FromHours(24);

    /// <summary>Who may call the person's endpoints.</summary>
    public static AuthorizationPolicy Policy { get; } = new AuthorizationPolicyBuilder(SchemeName).RequireAuthenticatedUser().Build();

    /// <summary>Gives the page its cookie.</summary>
    public static void SignIn(HttpContext http, string token) => http.Response.Cookies.Append(CookieName, token, new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        IsEssential = true,
        Path = "/",
    });

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Cookies.TryGetValue(CookieName, out var token) || string.IsNullOrEmpty(token)) { return AuthenticateResult.NoResult(); }

        var (hash, oldest) = (SecretTokens.Hash(token), clock.GetUtcNow() - Validity);
        var session = await catalogue.Sessions.AsNoTracking()
            .Where(s => s.ParticipantTokenHash == hash && s.PersonJoinedAt > oldest).Select(s => (Guid?)s.Id).SingleOrDefaultAsync(Context.RequestAborted);
        return session is { } id
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(SessionClaim, id.ToString())], SchemeName)), SchemeName))
            : AuthenticateResult.Fail("The cookie is of no session.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Operation.ErrorAnswer.WantsPage(Request) && HttpMethods.IsGet(Request.Method))
        {
            Response.Redirect("/join");
            return Task.CompletedTask;
        }

        return Operation.ErrorAnswer.WriteAsync(Context, StatusCodes.Status401Unauthorized, words => words.NoSession);
    }
}

/// <summary>Which session a cookie or token stands for.</summary>
internal static class SessionClaims
{
    public static Guid SessionId(this ClaimsPrincipal user) =>
        Guid.Parse(user.FindFirstValue(ParticipantAuthentication.SessionClaim) ?? throw new InvalidOperationException("The endpoint asks for no session."));
}
