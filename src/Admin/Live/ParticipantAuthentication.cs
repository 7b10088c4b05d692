using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Live;

/// <summary>A participant's page, by the cookie that it got for the code. It stands for one participant of one session and nothing else.</summary>
internal sealed class ParticipantAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, CatalogueDb catalogue, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "participant";
    public const string CookieName = "participant";
    public const string SessionClaim = "session";
    public const string ParticipantClaim = "participant";

    private static readonly TimeSpan Validity = TimeSpan.FromHours(24);

    /// <summary>Who may call the participants' endpoints.</summary>
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

    /// <summary>What the browser's cookie holds; null: it has none.</summary>
    public static string? TokenOf(HttpRequest request) => request.Cookies.TryGetValue(CookieName, out var token) && token.Length > 0 ? token : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TokenOf(Request) is not { } token) { return AuthenticateResult.NoResult(); }

        var (hash, oldest) = (SecretTokens.Hash(token), clock.GetUtcNow() - Validity);
        var participant = await catalogue.Participants.AsNoTracking()
            .Where(p => p.TokenHash == hash && p.JoinedAt > oldest).Select(p => new { p.Session, p.Name }).SingleOrDefaultAsync(Context.RequestAborted);
        return participant is not null
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(SessionClaim, participant.Session.ToString()), new(ParticipantClaim, participant.Name)], SchemeName)), SchemeName))
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

/// <summary>Which session, and which participant of it, a cookie or token stands for.</summary>
internal static class SessionClaims
{
    public static Guid SessionId(this ClaimsPrincipal user) =>
        Guid.Parse(user.FindFirstValue(ParticipantAuthentication.SessionClaim) ?? throw new InvalidOperationException("The endpoint asks for no session."));

    public static string ParticipantName(this ClaimsPrincipal user) =>
        user.FindFirstValue(ParticipantAuthentication.ParticipantClaim) ?? throw new InvalidOperationException("The endpoint asks for no participant.");
}
