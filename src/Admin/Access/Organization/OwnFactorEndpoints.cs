using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>The page between the organization's sign-in and this server, where the provider asked for no second factor.</summary>
internal static class OwnFactorEndpoints
{
    public const string Path = "/sign-in/organization/second-factor";

    public static void MapOwnFactor(this IEndpointRouteBuilder routes)
    {
        var open = GuessingLimits.On(routes.MapGroup(Path).AllowAnonymous());
        open.MapGet("", ShowAsync);
        open.MapPost("", AnswerAsync);
    }

    private static async Task<IResult> ShowAsync(string? returnUrl, OwnFactor own, TotpSecrets secrets, HttpContext http, CancellationToken cancellation) =>
        await own.FindAsync(http, cancellation) is { } account
            ? PageFor(account, Totp.NewSecret(), secrets, returnUrl, null)
            : TypedResults.LocalRedirect($"~/sign-in?returnUrl={Uri.EscapeDataString(SignInEndpoints.Local(returnUrl))}");

    private static async Task<IResult> AnswerAsync(
        [FromForm] string? code, [FromForm] string? secret, [FromForm] string? returnUrl, OwnFactor own, TotpSecrets secrets, HttpContext http, CancellationToken cancellation)
    {
        if (await own.FindAsync(http, cancellation) is not { } account)
        {
            return ErrorAnswer.For(http, StatusCodes.Status401Unauthorized, "Your organization's sign-in is over.", "It took too long, or was finished already. Go back to the sign-in and try again.");
        }

        var opened = secrets.Open(secret);
        if (account.ProtectedTotpSecret is null && opened is null) { return PageFor(account, Totp.NewSecret(), secrets, returnUrl, "The page was too old. Scan the code again."); }

        var outcome = account.ProtectedTotpSecret is null ? await own.SetUpAsync(http, account, opened!, code, cancellation) : await own.GiveAsync(http, account, code, cancellation);
        var next = SignInEndpoints.Local(returnUrl);
        return outcome switch
        {
            OwnFactor.Outcome.SignedIn { RecoveryCodes: { Count: > 0 } codes } => new RazorComponentResult<RecoveryCodesPage>(new { Account = account.UserName, UserName = account.UserName!, Codes = codes, Next = next, NextWords = "Go on" }),
            OwnFactor.Outcome.SignedIn => TypedResults.LocalRedirect("~" + next),
            OwnFactor.Outcome.Refused refused => PageFor(account, opened ?? Totp.NewSecret(), secrets, returnUrl, refused.Why),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static RazorComponentResult<OwnFactorPage> PageFor(Account account, byte[] secret, TotpSecrets secrets, string? returnUrl, string? refusal) => new(new
    {
        UserName = account.UserName!,
        HasAuthenticator = account.ProtectedTotpSecret is not null,
        Secret = secrets.Protect(secret),
        ReadableSecret = Totp.Readable(secret),
        Address = Totp.Address(secret, account.UserName!),
        ReturnUrl = SignInEndpoints.Local(returnUrl),
        Refusal = refusal,
    })
    { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
}
