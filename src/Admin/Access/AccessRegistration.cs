using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>Accounts, sign-in, and who may call what: an endpoint that says nothing is for technicians only.</summary>
internal static class AccessRegistration
{
    public const int MinimumPasswordLength = 12;
    private const int TriesBeforeLockout = 5;
    private static readonly TimeSpan Lockout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddDbContext<AccountsDb>((provider, options) => options.UseSqlite(
            provider.GetRequiredService<DataFolder>().ConnectionString, sqlite => sqlite.MigrationsHistoryTable(AccountsDb.MigrationsTable)));
        services.AddIdentityCore<Account>(identity =>
        {
            AccountsDb.Shape(identity);
            identity.Password = new() { RequiredLength = MinimumPasswordLength, RequiredUniqueChars = 4, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false };
            identity.Lockout = new() { AllowedForNewUsers = true, MaxFailedAccessAttempts = TriesBeforeLockout, DefaultLockoutTimeSpan = Lockout };
        }).AddRoles<IdentityRole>().AddEntityFrameworkStores<AccountsDb>().AddSignInManager();
        services.Configure<SecurityStampValidatorOptions>(stamp => stamp.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = "account";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = SessionLength;
            cookie.SlidingExpiration = false;
            cookie.LoginPath = "/sign-in";
            cookie.Events.OnValidatePrincipal = SecurityStampValidator.ValidatePrincipalAsync;
            cookie.Events.OnRedirectToLogin = redirect => AnswerAsync(redirect.HttpContext, StatusCodes.Status401Unauthorized, redirect.RedirectUri);
            cookie.Events.OnRedirectToAccessDenied = redirect => AnswerAsync(redirect.HttpContext, StatusCodes.Status403Forbidden, null);
        });
        services.AddAuthorizationBuilder()
            .SetDefaultPolicy(Technicians())
            .SetFallbackPolicy(Technicians());
        services.AddScoped<SetUpFirstAdmin>();
        services.AddScoped<SignIn>();
        services.AddSingleton<TotpSecrets>();
        services.AddHostedService<PrintSetupLink>();
        return builder;
    }

    private static AuthorizationPolicy Technicians() =>
        new AuthorizationPolicyBuilder(IdentityConstants.ApplicationScheme).RequireAuthenticatedUser().RequireRole(Roles.Technician, Roles.Admin).Build();

    private static Task AnswerAsync(HttpContext http, int status, string? signIn)
    {
        if (signIn is not null && ErrorAnswer.WantsPage(http.Request) && HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.Redirect(signIn);
            return Task.CompletedTask;
        }

        return status == StatusCodes.Status401Unauthorized
            ? ErrorAnswer.For(http, status, "You are not signed in.", "Sign in, then repeat it.").ExecuteAsync(http)
            : ErrorAnswer.WriteAsync(http, status);
    }
}
