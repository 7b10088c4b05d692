using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>The one-time links, signing in and out.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous();
        GuessingLimits.On(open.MapGet("/setup/{token}", ShowSetupAsync));
        GuessingLimits.On(open.MapPost("/setup/{token}", SetUpAsync));
        GuessingLimits.On(open.MapGet("/welcome/{token}", ShowWelcomeAsync));
        GuessingLimits.On(open.MapPost("/welcome/{token}", WelcomeAsync));
        open.MapGet("/sign-in", (string? returnUrl) => new RazorComponentResult<SignInPage>(new { ReturnUrl = Local(returnUrl) }));
        GuessingLimits.On(open.MapPost("/sign-in", SignInAsync));
        open.MapPost("/sign-out", SignOutAsync);
    }

    private static async Task<IResult> ShowSetupAsync(string token, SetUpFirstAdmin setUp, TotpSecrets secrets, HttpContext http, CancellationToken cancellation) =>
        await setUp.IsOpenAsync(token, cancellation) ? SetupPageFor(token, null, Totp.NewSecret(), secrets, new(), []) : SetupIsClosed(http);

    private static async Task<IResult> SetUpAsync(
        string token, [FromForm] SetupForm? sent, SetUpFirstAdmin setUp, TotpSecrets secrets, HttpContext http, CancellationToken cancellation)
    {
        var form = sent ?? new(); // nothing but the form's token
        return await setUp.RunAsync(token, form, http, cancellation) switch
        {
            SetUpFirstAdmin.Outcome.Created created => RecoveryPageFor(form.UserName!.Trim(), created.RecoveryCodes),
            SetUpFirstAdmin.Outcome.Invalid invalid => SetupPageFor(token, null, secrets.Open(form.Secret)!, secrets, form, invalid.Errors),
            _ => SetupIsClosed(http),
        };
    }

    private static async Task<IResult> ShowWelcomeAsync(string token, AccountLinks links, TotpSecrets secrets, HttpContext http, CancellationToken cancellation) =>
        await links.FindAsync(token, cancellation) is { } account
            ? SetupPageFor(token, account, Totp.NewSecret(), secrets, new() { DisplayName = account.DisplayName }, [])
            : WelcomeIsClosed(http);

    private static async Task<IResult> WelcomeAsync(
        string token, [FromForm] SetupForm? sent, SetUpAccount setUp, AccountLinks links, TotpSecrets secrets, HttpContext http, CancellationToken cancellation)
    {
        var (form, account) = (sent ?? new(), await links.FindAsync(token, cancellation));
        return await setUp.RunAsync(token, form, http, cancellation) switch
        {
            SetUpAccount.Outcome.Done done => RecoveryPageFor(account!.UserName!, done.RecoveryCodes),
            SetUpAccount.Outcome.Invalid invalid => SetupPageFor(token, account, secrets.Open(form.Secret)!, secrets, form, invalid.Errors),
            _ => WelcomeIsClosed(http),
        };
    }

    private static RazorComponentResult<SetupPage> SetupPageFor(
        string token, Account? account, byte[] secret, TotpSecrets secrets, SetupForm form, IReadOnlyList<string> errors)
    {
        form.Secret = secrets.Protect(secret);
        return new(new
        {
            Action = account is null ? $"/setup/{token}" : AccountLinks.PathOf(token),
            UserName = account?.UserName,
            Form = form,
            Errors = errors,
            ReadableSecret = Totp.Readable(secret),
            Address = Totp.Address(secret, account?.UserName ?? "admin"),
        })
        {
            StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
    }

    private static RazorComponentResult<RecoveryCodesPage> RecoveryPageFor(string userName, IReadOnlyList<string> codes) =>
        new(new { UserName = userName, Codes = codes, Next = "/sign-in", NextWords = "Go on to sign in" });

    private static IResult SetupIsClosed(HttpContext http) => ErrorAnswer.For(
        http, StatusCodes.Status404NotFound, "This set-up link does not work.", "It is wrong, already used, or expired. While there is no account, each start of the server prints a new one.");

    private static IResult WelcomeIsClosed(HttpContext http) => ErrorAnswer.For(
        http, StatusCodes.Status404NotFound, "This link does not work.", $"It is wrong, already used, or older than {AccountLinks.Validity.TotalHours:0} hours. Ask whoever gave it to you for a new one.");

    private static async Task<IResult> SignInAsync(
        [FromForm] string? userName, [FromForm] string? password, [FromForm] string? code, [FromForm] string? returnUrl, SignIn signIn, HttpContext http, CancellationToken cancellation) =>
        await signIn.RunAsync(http, userName, password, code, cancellation)
            ? TypedResults.LocalRedirect("~" + Local(returnUrl))
            : new RazorComponentResult<SignInPage>(new { ReturnUrl = Local(returnUrl), UserName = userName, Refused = true }) { StatusCode = StatusCodes.Status401Unauthorized };

    private static async Task<RedirectHttpResult> SignOutAsync([FromForm] string? _, AccountSessions sessions, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation)
    {
        if (http.User.Identity is { IsAuthenticated: true, Name: { } name })
        {
            await catalogue.RecordAsync(clock, name, "account.signed-out", null, AuditOutcome.Allowed, "this browser", cancellation);
        }

        await sessions.EndAsync(http, cancellation);
        return TypedResults.LocalRedirect("~/sign-in");
    }

    /// <summary>Only a path of this server is gone back to.</summary>
    internal static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] && !url.Any(char.IsControl) ? url : "/";
}
