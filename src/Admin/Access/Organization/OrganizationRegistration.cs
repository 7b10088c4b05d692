using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>Sign-in at the organization's identity provider, where one is configured.</summary>
internal static partial class OrganizationRegistration
{
    private const string Path = "/sign-in/organization";

    public static void AddOrganization(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OrganizationOptions>().BindConfiguration(OrganizationOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<OrganizationOptions>, OrganizationOptionsValidator>();
        if (string.IsNullOrWhiteSpace(configuration[$"{OrganizationOptions.Section}:{nameof(OrganizationOptions.Authority)}"])) { return; }

        services.AddHttpClient(OrganizationHandler.SchemeName, client => client.Timeout = TimeSpan.FromSeconds(10));
        services.AddSingleton<OrganizationProvider>();
        services.AddScoped<SignInByOrganization>().AddScoped<OwnFactor>().AddSingleton<HalfSignIn>();
        services.AddAuthentication().AddOAuth<OAuthOptions, OrganizationHandler>(OrganizationHandler.SchemeName, Shape);
        services.AddOptions<OAuthOptions>(OrganizationHandler.SchemeName).Configure<IOptions<OrganizationOptions>>((oauth, organization) =>
        {
            var values = organization.Value;
            (oauth.ClientId, oauth.ClientSecret) = (values.ClientId ?? "", values.ClientSecret ?? "");
            oauth.Scope.Clear();
            foreach (var scope in values.Scopes.Prepend("openid").Distinct(StringComparer.Ordinal)) { oauth.Scope.Add(scope); }
            oauth.AuthorizationEndpoint = oauth.TokenEndpoint = values.Authority!; // both are discovered
        });
    }

    public static void MapOrganization(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<IOptions<OrganizationOptions>>().Value.IsOn) { return; }

        // A link, not a form: the page's policy lets forms go to this server only.
        GuessingLimits.On(routes.MapGet(Path, (string? returnUrl, bool again = false) => TypedResults.Challenge(OrganizationHandler.Ask(SignInEndpoints.Local(returnUrl), again), [OrganizationHandler.SchemeName])).AllowAnonymous());
        routes.MapOwnFactor();
    }

    private static void Shape(OAuthOptions oauth)
    {
        oauth.CallbackPath = Path + "/callback";
        oauth.UsePkce = true;
        oauth.SaveTokens = false;
        oauth.SignInScheme = Microsoft.AspNetCore.Identity.IdentityConstants.ApplicationScheme;
        oauth.CorrelationCookie.SameSite = SameSiteMode.Lax; // the answer comes from another site
        oauth.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        oauth.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);
        oauth.Events.OnTicketReceived = ReceivedAsync;
        oauth.Events.OnRemoteFailure = FailedAsync;
    }

    private static async Task ReceivedAsync(TicketReceivedContext ticket)
    {
        var http = ticket.HttpContext;
        ticket.HandleResponse();
        var signIn = http.RequestServices.GetRequiredService<SignInByOrganization>();
        var outcome = await signIn.RunAsync(http, (ClaimsIdentity)ticket.Principal!.Identity!, OrganizationHandler.IsAgain(ticket.Properties), http.RequestAborted);
        var next = SignInEndpoints.Local(ticket.ReturnUri);
        IResult answer = outcome switch
        {
            SignInByOrganization.Outcome.SignedIn => new RazorComponentResult<OrganizationDonePage>(new { Next = next }), // the account's cookie goes to requests of this site's pages only, and this is one
            SignInByOrganization.Outcome.OwnFactor => new RazorComponentResult<OrganizationDonePage>(new { Next = $"{OwnFactorEndpoints.Path}?returnUrl={Uri.EscapeDataString(next)}", Words = "Now your second factor." }),
            SignInByOrganization.Outcome.Refused refused => ErrorAnswer.For(http, StatusCodes.Status403Forbidden, "You cannot sign in here.", refused.Why),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
        await answer.ExecuteAsync(http);
    }

    private static async Task FailedAsync(RemoteFailureContext failed)
    {
        var http = failed.HttpContext;
        failed.HandleResponse();
        LogFailure(http.RequestServices.GetRequiredService<ILogger<OrganizationHandler>>(), failed.Failure);
        await http.RequestServices.GetRequiredService<CatalogueDb>().RecordAsync(
            http.RequestServices.GetRequiredService<TimeProvider>(), AuditActor.Stranger, "account.sign-in", null, AuditOutcome.Refused, "organization: the answer was not accepted", http.RequestAborted);
        await ErrorAnswer.For(http, StatusCodes.Status401Unauthorized, "Your organization's sign-in was not accepted.", "It was not finished, took too long, was used already, or is not what was asked for. Go back to the sign-in and try again.").ExecuteAsync(http);
    }

    [LoggerMessage(2501, LogLevel.Warning, "A sign-in by the organization was not accepted")]
    private static partial void LogFailure(ILogger logger, Exception? reason);
}
