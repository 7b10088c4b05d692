using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>Everybody's own account: sign-ins, password, authenticator, recovery codes; passkeys are beside it.</summary>
internal static class OwnAccountEndpoints
{
    public static void MapOwnAccount(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/account").RequireAuthorization(Policies.Members);
        own.MapGet("", (HttpContext http, UserManager<Account> users, OwnAccountView view, CancellationToken cancellation) => ShowAsync(http, users, view, [], cancellation));
        GuessingLimits.On(own.MapPost("/password", ChangePasswordAsync));
        own.MapGet("/authenticator", async (HttpContext http, UserManager<Account> users, TotpSecrets secrets) =>
            AuthenticatorPageFor(await AccountAsync(http, users), Totp.NewSecret(), secrets, []));
        GuessingLimits.On(own.MapPost("/authenticator", ReplaceAuthenticatorAsync));
        GuessingLimits.On(own.MapPost("/recovery-codes", RenewRecoveryCodesAsync));
        own.MapPost("/sign-out", async ([FromForm] Guid? session, HttpContext http, UserManager<Account> users, OwnAccount change, CancellationToken cancellation) =>
        {
            await change.SignOutAsync(http, await AccountAsync(http, users), session, cancellation);
            return TypedResults.LocalRedirect("~/account");
        });
    }

    internal static async Task<Account> AccountAsync(HttpContext http, UserManager<Account> users) =>
        await users.GetUserAsync(http.User) ?? throw new InvalidOperationException("A signed-in account is not there.");

    internal static async Task<IResult> ShowAsync(HttpContext http, UserManager<Account> users, OwnAccountView view, IReadOnlyList<string> errors, CancellationToken cancellation) =>
        new RazorComponentResult<AccountPage>(new { View = await view.ReadAsync(await AccountAsync(http, users), AccountSessions.IdOf(http.User), cancellation), Errors = errors, Saved = http.Request.Query.ContainsKey("saved") })
        {
            StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };

    private static async Task<IResult> ChangePasswordAsync(
        [FromForm] string? password, [FromForm] string? chosen, [FromForm] string? again,
        HttpContext http, UserManager<Account> users, OwnAccount change, OwnAccountView view, CancellationToken cancellation) =>
        await change.ChangePasswordAsync(http, await AccountAsync(http, users), password, chosen, again, cancellation) is { Count: > 0 } errors
            ? await ShowAsync(http, users, view, errors, cancellation)
            : TypedResults.LocalRedirect("~/account?saved");

    private static async Task<IResult> ReplaceAuthenticatorAsync(
        [FromForm] string? password, [FromForm] string? secret, [FromForm] string? code,
        HttpContext http, UserManager<Account> users, OwnAccount change, TotpSecrets secrets, CancellationToken cancellation)
    {
        var account = await AccountAsync(http, users);
        if (secrets.Open(secret) is not { } opened) { return AuthenticatorPageFor(account, Totp.NewSecret(), secrets, ["The page was too old. Scan the code again."]); }

        return await change.ReplaceAuthenticatorAsync(http, account, password, opened, code, cancellation) is { Count: > 0 } errors
            ? AuthenticatorPageFor(account, opened, secrets, errors)
            : TypedResults.LocalRedirect("~/account?saved");
    }

    private static async Task<IResult> RenewRecoveryCodesAsync(
        [FromForm] string? password, HttpContext http, UserManager<Account> users, OwnAccount change, OwnAccountView view, CancellationToken cancellation)
    {
        var account = await AccountAsync(http, users);
        var (codes, refusal) = await change.RenewRecoveryCodesAsync(http, account, password, cancellation);
        return refusal is null
            ? new RazorComponentResult<RecoveryCodesPage>(new { Account = account.UserName, UserName = account.UserName!, Codes = codes, Next = "/account", NextWords = "Back to your account" })
            : await ShowAsync(http, users, view, [refusal], cancellation);
    }

    private static RazorComponentResult<AuthenticatorPage> AuthenticatorPageFor(Account account, byte[] secret, TotpSecrets secrets, IReadOnlyList<string> errors) =>
        new(new { Account = account.UserName!, Secret = secrets.Protect(secret), ReadableSecret = Totp.Readable(secret), Address = Totp.Address(secret, account.UserName!), Errors = errors })
        {
            StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
}

/// <summary>What the page of one's own account shows.</summary>
internal sealed class OwnAccountView(UserManager<Account> users, AccountSessions sessions, RecoveryCodes recovery, AccountRoles roles, TeamsOfAccounts teams)
{
    public async Task<ShownAccount> ReadAsync(Account account, Guid? current, CancellationToken cancellation) => new(
        account, current, await sessions.ListAsync(account.Id, cancellation), await recovery.LeftAsync(account.Id, cancellation),
        await roles.OfAsync(account.Id, cancellation), await teams.OfAsync(account.UserName!, cancellation), [.. await users.GetPasskeysAsync(account)]);
}

/// <summary>An account as its owner sees it.</summary>
/// <param name="Current">The session of the browser that asks.</param>
public sealed record ShownAccount(
    Account Account, Guid? Current, IReadOnlyList<AccountSession> Sessions, int RecoveryCodesLeft, IReadOnlyList<string> Roles, IReadOnlyList<TeamMembership> Teams, IReadOnlyList<UserPasskeyInfo> Passkeys);
