using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Whether a second factor was proved in this sign-in not too long ago, and the proof when it was not. What is watched, given or approved asks for it.</summary>
/// <remarks>Whatever proves one (a code, a passkey, the organization's identity provider) ends in <see cref="ProvedAsync"/>, or in the time with which a sign-in begins.</remarks>
internal sealed class FreshFactor(
    AccountsDb accounts, UserManager<Account> users, SecondFactor secondFactor, Tries tries, KnownDevices devices, CatalogueDb catalogue, IOptions<SignInOptions> options, TimeProvider clock)
{
    /// <summary>Where it is asked for.</summary>
    public const string Path = "/account/confirm";

    private const string ProvedClaim = "factor-at";

    /// <summary>The proof's time for a principal, milliseconds since 1970, UTC; 0: not known.</summary>
    public static Claim ClaimOf(long provedAt) => new(ProvedClaim, provedAt.ToString(CultureInfo.InvariantCulture));

    public bool IsFresh(ClaimsPrincipal user) =>
        long.TryParse(user.FindFirstValue(ProvedClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at > 0
        && clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(at) < TimeSpan.FromHours(options.Value.FactorHours);

    /// <summary>Takes a code of the authenticator, or a recovery code.</summary>
    /// <returns>Why it was refused; null: the factor is fresh.</returns>
    public async Task<string?> ProveAsync(HttpContext http, string? code, CancellationToken cancellation)
    {
        var account = await users.GetUserAsync(http.User) ?? throw new InvalidOperationException("Nobody is signed in.");
        var device = await devices.FindAsync(http, account.Id, cancellation);
        var mayTry = await tries.TakeAsync(account.Id, device, cancellation);
        var proof = await secondFactor.FindAsync(account, code, cancellation);
        var refusal = !mayTry ? "locked out"
            : proof is null ? "wrong code"
            : await secondFactor.UseAsync(account, proof, cancellation) ? null : "code used already";
        await catalogue.RecordAsync(clock, account.UserName!, "account.second-factor", null, refusal is null ? AuditOutcome.Allowed : AuditOutcome.Refused, refusal ?? proof!.Factor, cancellation);
        if (refusal is not null) { return $"The code does not match, was used already, or there were too many failures: after {Tries.Limit}, wait {Tries.Lockout.TotalMinutes:0} minutes."; }

        await tries.ClearAsync(account.Id, device, cancellation);
        await ProvedAsync(http, cancellation);
        return null;
    }

    /// <summary>A second factor has just been proved in this browser's sign-in.</summary>
    public async Task ProvedAsync(HttpContext http, CancellationToken cancellation)
    {
        var (id, now) = (AccountSessions.IdOf(http.User), clock.GetUtcNow().ToUnixTimeMilliseconds());
        await accounts.Sessions.Where(session => session.Id == id).ExecuteUpdateAsync(row => row.SetProperty(session => session.FactorAt, now), cancellation);
    }

    /// <summary>The refusal of a request that needs a fresh second factor: people are led to prove it, and from there back.</summary>
    /// <param name="action">What was tried, for the audit trail; null: it was only looked at.</param>
    /// <param name="back">The page to go on with.</param>
    public async Task<IResult> RefuseAsync(HttpContext http, string? action, Guid? session, string back, CancellationToken cancellation)
    {
        if (action is not null)
        {
            await catalogue.RecordAsync(clock, http.User.Identity!.Name!, action, session, AuditOutcome.Refused, $"the second factor is older than {options.Value.FactorHours} hours, or not known", cancellation);
        }

        return ErrorAnswer.WantsPage(http.Request)
            ? TypedResults.LocalRedirect($"~{Path}?returnUrl={Uri.EscapeDataString(back)}")
            : Problems.Forbidden("Your second factor must be proved again.", $"Open {Path} in a browser.");
    }
}

/// <summary>Puts the check before an endpoint.</summary>
internal static class FreshFactorFilter
{
    /// <param name="action">The audited action of a form; null: a page that is only looked at.</param>
    /// <param name="back">The page to go on with; <c>{id}</c> is the session of the path.</param>
    public static RouteHandlerBuilder RequireFreshFactor(this RouteHandlerBuilder endpoint, string? action, string back) => endpoint.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        var factor = http.RequestServices.GetRequiredService<FreshFactor>();
        if (factor.IsFresh(http.User)) { return await next(context); }

        var inPath = back.Contains("{id}", StringComparison.Ordinal) && Guid.TryParse((string?)http.GetRouteValue("id"), out var id) ? id : (Guid?)null;
        return await factor.RefuseAsync(http, action, inPath, back.Replace("{id}", $"{inPath}", StringComparison.Ordinal), http.RequestAborted);
    });
}
