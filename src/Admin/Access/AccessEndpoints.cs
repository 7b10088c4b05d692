using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>The set-up link, signing in and out.</summary>
internal static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous();
        GuessingLimits.On(open.MapGet("/setup/{token}", ShowSetupAsync));
        GuessingLimits.On(open.MapPost("/setup/{token}", SetUpAsync));
        open.MapGet("/sign-in", (string? returnUrl) => new RazorComponentResult<SignInPage>(new { ReturnUrl = Local(returnUrl) }));
        GuessingLimits.On(open.MapPost("/sign-in", SignInAsync));
        open.MapPost("/sign-out", SignOutAsync);
    }

    private static async Task<IResult> ShowSetupAsync(string token, SetUpFirstAdmin setUp, TotpSecrets secrets, HttpContext http, CancellationToken cancellation) =>
        await setUp.IsOpenAsync(token, cancellation) ? SetupPageFor(token, Totp.NewSecret(), secrets, new(), []) : LinkIsClosed(http);

    private static async Task<IResult> SetUpAsync(
        string token, [FromForm] SetupForm form, SetUpFirstAdmin setUp, TotpSecrets secrets, HttpContext http, CancellationToken cancellation) =>
        await setUp.RunAsync(token, form, cancellation) switch
        {
            SetUpFirstAdmin.Outcome.Created => TypedResults.LocalRedirect("~/sign-in"),
            SetUpFirstAdmin.Outcome.Invalid invalid => SetupPageFor(token, secrets.Open(form.Secret)!, secrets, form, invalid.Errors),
            _ => LinkIsClosed(http),
        };

    private static RazorComponentResult<SetupPage> SetupPageFor(string token, byte[] secret, TotpSecrets secrets, SetupForm form, IReadOnlyList<string> errors)
    {
        form.Secret = secrets.Protect(secret);
        return new(new { Token = token, Form = form, Errors = errors, ReadableSecret = Totp.Readable(secret), Address = Totp.Address(secret, "admin") })
        {
            StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
    }

    private static IResult LinkIsClosed(HttpContext http) => ErrorAnswer.For(
        http, StatusCodes.Status404NotFound, "This set-up link does not work.", "It is wrong, already used, or expired. While there is no account, each start of the server prints a new one.");

    private static async Task<IResult> SignInAsync(
        [FromForm] string? userName, [FromForm] string? password, [FromForm] string? code, [FromForm] string? returnUrl, SignIn signIn, CancellationToken cancellation) =>
        await signIn.RunAsync(userName, password, code, cancellation)
            ? TypedResults.LocalRedirect("~" + Local(returnUrl))
            : new RazorComponentResult<SignInPage>(new { ReturnUrl = Local(returnUrl), UserName = userName, Refused = true }) { StatusCode = StatusCodes.Status401Unauthorized };

    private static async Task<RedirectHttpResult> SignOutAsync([FromForm] string? _, HttpContext http)
    {
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
        return TypedResults.LocalRedirect("~/sign-in");
    }

    /// <summary>Only a path of this server is gone back to.</summary>
    private static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] ? url : "/";
}
