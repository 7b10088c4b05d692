using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Access.Passkeys;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>The small page that asks for the second factor once more, and goes on where it was needed.</summary>
internal static class ConfirmEndpoints
{
    public const string ByPasskey = FreshFactor.Path + "/passkey";

    public static void MapConfirm(this IEndpointRouteBuilder routes)
    {
        var confirm = routes.MapGroup("").RequireAuthorization(Policies.Members);
        confirm.MapGet(FreshFactor.Path, (string? returnUrl, HttpContext http, UserManager<Account> users) => ShowAsync(http, users, returnUrl, null));
        GuessingLimits.On(confirm.MapPost(FreshFactor.Path, ConfirmAsync));
        GuessingLimits.On(confirm.MapPost(ByPasskey, ConfirmByPasskeyAsync));
    }

    private static async Task<IResult> ConfirmAsync([FromForm] string? code, [FromForm] string? returnUrl, HttpContext http, UserManager<Account> users, FreshFactor factor, CancellationToken cancellation) =>
        await factor.ProveAsync(http, code, cancellation) is { } refusal
            ? await ShowAsync(http, users, returnUrl, refusal)
            : TypedResults.LocalRedirect("~" + SignInEndpoints.Local(returnUrl));

    private static async Task<IResult> ConfirmByPasskeyAsync([FromForm] string? credential, [FromForm] string? returnUrl, HttpContext http, UserManager<Account> users, ConfirmByPasskey confirm, CancellationToken cancellation) =>
        await confirm.RunAsync(http, credential, cancellation) is { } refusal
            ? await ShowAsync(http, users, returnUrl, refusal)
            : TypedResults.LocalRedirect("~" + SignInEndpoints.Local(returnUrl));

    private static async Task<IResult> ShowAsync(HttpContext http, UserManager<Account> users, string? returnUrl, string? refusal)
    {
        var account = await users.GetUserAsync(http.User) ?? throw new InvalidOperationException("Nobody is signed in.");
        return new RazorComponentResult<ConfirmPage>(new { Account = account, HasPasskey = (await users.GetPasskeysAsync(account)).Count > 0, ReturnUrl = SignInEndpoints.Local(returnUrl), Refusal = refusal })
        {
            StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
    }
}
