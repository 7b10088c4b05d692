using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Approvals;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Access.Organization;
using SecureRecorder.Admin.Access.Passkeys;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>Accounts, sign-in, and who may call what.</summary>
internal static class AccessRegistration
{
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SignInOptions>().BindConfiguration(SignInOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SignInOptions>, SignInOptionsValidator>();
        services.AddDbContext<AccountsDb>((provider, options) => provider.GetRequiredService<CatalogueConnection>().Use(options, AccountsDb.MigrationsTable));
        services.AddIdentityCore<Account>(identity =>
        {
            AccountsDb.Shape(identity);
            identity.Password = new() { RequiredLength = AccountRules.MinimumPasswordLength, RequiredUniqueChars = 4, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false };
        }).AddRoles<IdentityRole>().AddEntityFrameworkStores<AccountsDb>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, ShapeCookie);
        Policies.Add(services.AddAuthorizationBuilder());
        services.AddSingleton<TotpSecrets>().AddSingleton<SignInChanges>();
        services.AddSingleton<SignInQuery>();
        services.AddScoped<AccountSessions>().AddScoped<AccountLinks>().AddScoped<AccountRoles>().AddScoped<KnownDevices>().AddScoped<RecoveryCodes>().AddScoped<SecondFactor>().AddScoped<FreshFactor>().AddScoped<Tries>();
        services.AddScoped<SetUpFirstAdmin>().AddScoped<SignIn>().AddScoped<InviteAccount>().AddScoped<SetUpAccount>().AddScoped<ChangeAccount>().AddScoped<OwnAccount>();
        services.AddScoped<ListPeople>().AddScoped<OwnAccountView>().AddScoped<TeamsOfAccounts>().AddScoped<ChangeTeam>();
        services.AddScoped<ScopeOfAccount>().AddScoped<GrantEntitlement>().AddScoped<RevokeEntitlement>().AddScoped<ListEntitlements>().AddScoped<RightsView>();
        services.AddApprovals();
        services.AddPasskeys();
        services.AddOrganization(builder.Configuration);
        services.AddHostedOnWeb<PrintSetupLink>();
        return builder;
    }

    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        routes.MapSignIn();
        routes.MapOrganization();
        routes.MapOwnAccount();
        routes.MapConfirm();
        routes.MapPasskeys();
        routes.MapPeople();
        routes.MapTeams();
        routes.MapRights();
        routes.MapApprovals();
    }

    private static void ShapeCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "account";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromDays(1); // the row that it names is over sooner, and is what counts
        cookie.SlidingExpiration = false;
        cookie.LoginPath = "/sign-in";
        cookie.Events.OnValidatePrincipal = AccountSessions.ValidateAsync;
        cookie.Events.OnRedirectToLogin = redirect => AnswerAsync(redirect.HttpContext, StatusCodes.Status401Unauthorized, redirect.RedirectUri);
        cookie.Events.OnRedirectToAccessDenied = redirect => AnswerAsync(
            redirect.HttpContext, StatusCodes.Status403Forbidden, redirect.Request.Path == "/" ? Policies.HomeOf(redirect.HttpContext.User) : null);
    }

    private static Task AnswerAsync(HttpContext http, int status, string? instead)
    {
        if (instead is not null && ErrorAnswer.WantsPage(http.Request) && HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.Redirect(instead);
            return Task.CompletedTask;
        }

        return status == StatusCodes.Status401Unauthorized
            ? ErrorAnswer.For(http, status, "You are not signed in.", "Sign in, then repeat it.").ExecuteAsync(http)
            : ErrorAnswer.WriteAsync(http, status);
    }
}
