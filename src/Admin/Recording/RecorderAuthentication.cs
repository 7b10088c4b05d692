using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Recording;

/// <summary>A recorder, by the bearer token that it got for the code. It stands for one session and nothing else.</summary>
internal sealed class RecorderAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, CatalogueDb catalogue)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "recorder";
    private const string Bearer = "Bearer ";

    /// <summary>Who may call the recorder's endpoints.</summary>
    public static AuthorizationPolicy Policy { get; } = new AuthorizationPolicyBuilder(SchemeName).RequireAuthenticatedUser().Build();

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) { return AuthenticateResult.NoResult(); }

        var hash = SecretTokens.Hash(header[Bearer.Length..].Trim());
        var session = await catalogue.Sessions.AsNoTracking().Where(s => s.RecorderTokenHash == hash).Select(s => (Guid?)s.Id).SingleOrDefaultAsync(Context.RequestAborted);
        return session is { } id
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ParticipantAuthentication.SessionClaim, id.ToString())], SchemeName)), SchemeName))
            : AuthenticateResult.Fail("The token is of no session.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return Operation.ErrorAnswer.For(
            Context, StatusCodes.Status401Unauthorized, "The recorder's token is not valid.", "It is of no session of this server. Join with a code first.").ExecuteAsync(Context);
    }
}
