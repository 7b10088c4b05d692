using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access.Passkeys;

/// <summary>Signing in with a passkey, and one's own passkeys. The page's module asks what to ask the device; a form brings the answer.</summary>
internal static class PasskeyEndpoints
{
    private const string Options = "The options of navigator.credentials as JSON (Web Authentication, Level 3, §5.1); the answer belongs into the form of the page, once and within five minutes.";

    public static void MapPasskeys(this IEndpointRouteBuilder routes)
    {
        var ask = routes.MapGroup("/api/passkeys").OnlyForOwnPages().WithTags("passkeys");
        GuessingLimits.On(ask.MapPost("/sign-in", async (SignInByPasskey signIn, HttpContext http, CancellationToken cancellation) =>
            Json(await signIn.AskAsync(http, cancellation))).AllowAnonymous().Describe("passkeyToSignIn", "What to ask a passkey to sign in").Produces<object>().WithDescription(Options));
        GuessingLimits.On(ask.MapPost("/new", async (OwnPasskeys passkeys, UserManager<Account> users, HttpContext http, CancellationToken cancellation) =>
            Json(await passkeys.AskAsync(http, await OwnAccountEndpoints.AccountAsync(http, users), cancellation))).RequireAuthorization(Policies.Members).Describe("newPasskey", "What to ask a device for a new passkey").Produces<object>().WithDescription(Options));
        GuessingLimits.On(ask.MapPost("/confirm", async (ConfirmByPasskey confirm, UserManager<Account> users, HttpContext http, CancellationToken cancellation) =>
            Json(await confirm.AskAsync(http, await OwnAccountEndpoints.AccountAsync(http, users), cancellation))).RequireAuthorization(Policies.Members).Describe("passkeyToConfirm", "What to ask a passkey of the account to prove the second factor again").Produces<object>().WithDescription(Options));
        GuessingLimits.On(routes.MapPost("/sign-in/passkey", SignInAsync).AllowAnonymous());
        var own = GuessingLimits.On(routes.MapGroup("/account/passkeys").RequireAuthorization(Policies.Members));
        own.MapPost("", ([FromForm] string? name, [FromForm] string? password, [FromForm] string? credential, HttpContext http, UserManager<Account> users, OwnPasskeys passkeys, OwnAccountView view, CancellationToken cancellation) =>
            AnswerAsync(account => passkeys.AddAsync(http, account, password, name, credential, cancellation), http, users, view, cancellation));
        own.MapPost("/name", ([FromForm] string? passkey, [FromForm] string? name, HttpContext http, UserManager<Account> users, OwnPasskeys passkeys, OwnAccountView view, CancellationToken cancellation) =>
            AnswerAsync(account => passkeys.RenameAsync(account, passkey, name), http, users, view, cancellation));
        own.MapPost("/remove", ([FromForm] string? passkey, [FromForm] string? password, HttpContext http, UserManager<Account> users, OwnPasskeys passkeys, OwnAccountView view, CancellationToken cancellation) =>
            AnswerAsync(account => passkeys.RemoveAsync(http, account, password, passkey, cancellation), http, users, view, cancellation));
    }

    private static ContentHttpResult Json(string options) => TypedResults.Content(options, "application/json");

    private static async Task<IResult> SignInAsync([FromForm] string? credential, [FromForm] string? returnUrl, SignInByPasskey signIn, HttpContext http, CancellationToken cancellation) =>
        await signIn.RunAsync(http, credential, cancellation)
            ? TypedResults.LocalRedirect("~" + SignInEndpoints.Local(returnUrl))
            : new RazorComponentResult<SignInPage>(new { ReturnUrl = SignInEndpoints.Local(returnUrl), PasskeyRefused = true }) { StatusCode = StatusCodes.Status401Unauthorized };

    private static async Task<IResult> AnswerAsync(Func<Account, Task<IReadOnlyList<string>>> change, HttpContext http, UserManager<Account> users, OwnAccountView view, CancellationToken cancellation) =>
        await change(await OwnAccountEndpoints.AccountAsync(http, users)) is { Count: > 0 } errors
            ? await OwnAccountEndpoints.ShowAsync(http, users, view, errors, cancellation)
            : TypedResults.LocalRedirect("~/account?saved");
}
