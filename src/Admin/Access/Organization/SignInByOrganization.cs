using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>Signs in whom the identity provider has vouched for: makes the account the first time, and gives it the mapped roles and teams each time.</summary>
internal sealed class SignInByOrganization(
    AccountsDb accounts, UserManager<Account> users, AccountRoles roles, AccountSessions sessions, HalfSignIn half, IOptions<OrganizationOptions> options, IOptions<SignInOptions> signIn, CatalogueDb catalogue, TimeProvider clock)
{
    private static readonly string[] DefaultAmr = ["mfa"];

    /// <param name="who">The claims of an ID token that was checked.</param>
    /// <param name="again">Whether the provider was to ask once more: then it must say when it did.</param>
    public async Task<Outcome> RunAsync(HttpContext http, ClaimsIdentity who, bool again, CancellationToken cancellation)
    {
        var key = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{who.FindFirst("iss")!.Value}\n{who.FindFirst("sub")!.Value}")));
        var account = await users.FindByLoginAsync(OrganizationHandler.SchemeName, key);
        var groups = who.FindAll(options.Value.GroupsClaim).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal);
        var mapped = Mapped(options.Value.Roles, groups);
        var provedAt = ProvedAt(who);
        if (provedAt is { } at && clock.GetUtcNow() - at >= TimeSpan.FromHours(signIn.Value.FactorHours)) // it was sent max_age (OpenID Connect Core 1.0 §3.1.2.1)
        {
            return await RefuseAsync(account, "it asked too long ago", $"Your organization's sign-in asked you more than {signIn.Value.FactorHours} hours ago, and did not ask you anew. Sign out there, then try again.", cancellation);
        }

        var isVouchedFor = HasSecondFactor(who) && (provedAt is not null || !again);
        if (!isVouchedFor && !options.Value.OwnSecondFactor) { return await RefuseAsync(account, "no second factor", "Your organization's sign-in did not ask you for a second factor. Sign in there with one, then try again.", cancellation); }
        if (mapped.Count == 0)
        {
            if (account is not null)
            {
                await roles.SetAsync(account.Id, [], cancellation); // what the groups gave, they take away
                await sessions.EndAllAsync(account.Id, except: null, cancellation);
            }

            return await RefuseAsync(account, "no role", "Your account has no role here. Ask your organization to put you into a group that may use SecureRecorder.", cancellation);
        }

        if (account?.DisabledAt is not null) { return await RefuseAsync(account, "disabled", "Your account here is disabled. Ask an org admin.", cancellation); }
        if (account is null)
        {
            (account, var refusal) = NewAccount(who);
            if (refusal is null && await RefusalAsync(account!) is { } taken) { refusal = taken; }
            if (refusal is not null) { return await RefuseAsync(null, "its user name cannot be used", refusal, cancellation); }

            await catalogue.RecordAsync(clock, account!.UserName!, "account.created", null, AuditOutcome.Allowed, $"from the organization: {string.Join(", ", mapped)}", cancellation);
        }

        await catalogue.RecordAsync(
            clock, account.UserName!, isVouchedFor ? "account.sign-in" : "account.vouched-for", null, AuditOutcome.Allowed, $"organization: {string.Join(", ", mapped)}", cancellation);
        await using (var transaction = await accounts.BeginWritingAsync(cancellation))
        {
            if (await accounts.Users.AllAsync(other => other.Id != account.Id, cancellation))
            {
                AccountRoles.Require(await users.CreateAsync(account));
                AccountRoles.Require(await users.AddLoginAsync(account, new(OrganizationHandler.SchemeName, key, null)));
            }

            await roles.SetAsync(account.Id, mapped, cancellation);
            await SetTeamsAsync(account.Id, Mapped(options.Value.Teams, groups), cancellation);
            await transaction.CommitAsync(cancellation);
        }

        if (!isVouchedFor)
        {
            half.Keep(http, account.Id);
            return new Outcome.OwnFactor();
        }

        await sessions.StartAsync(http, account, SignInFactor.Organization, provedAt, cancellation);
        return new Outcome.SignedIn();
    }

    private static List<string> Mapped(IDictionary<string, string[]> map, HashSet<string> groups) =>
        [.. map.Where(entry => entry.Value.Any(groups.Contains)).Select(entry => entry.Key)];

    private bool HasSecondFactor(ClaimsIdentity who) =>
        who.FindAll("amr").Any(amr => (options.Value.AmrValues ?? DefaultAmr).Contains(amr.Value, StringComparer.Ordinal))
        || who.FindAll("acr").Any(acr => options.Value.AcrValues.Contains(acr.Value, StringComparer.Ordinal));

    /// <summary>When the provider asked, as far as it says: a provider that was asked for a time must say it (OpenID Connect Core 1.0 §2, <c>auth_time</c>).</summary>
    private static DateTimeOffset? ProvedAt(ClaimsIdentity who) =>
        long.TryParse(who.FindFirst("auth_time")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private (Account? Account, string? Refusal) NewAccount(ClaimsIdentity who)
    {
        var userName = who.FindFirst(options.Value.UserNameClaim)?.Value;
        var displayName = who.FindFirst("name")?.Value ?? userName;
        return AccountRules.OfUserName(userName).Concat(AccountRules.OfName(displayName)).FirstOrDefault() is { } refusal
            ? (null, $"Your organization's sign-in gave no usable name. {refusal}")
            : (new() { UserName = userName!.Trim(), DisplayName = displayName!.Trim(), IsExternal = true }, null);
    }

    /// <summary>A name that somebody has already, here or there, is not taken over.</summary>
    private async Task<string?> RefusalAsync(Account account)
    {
        foreach (var validator in users.UserValidators)
        {
            if (await validator.ValidateAsync(users, account) is { Succeeded: false } invalid)
            {
                return $"{string.Join(' ', invalid.Errors.Select(error => error.Description))} Ask an org admin: an account of this server has that name, or it cannot be one.";
            }
        }

        return null;
    }

    private async Task SetTeamsAsync(string account, List<string> mapped, CancellationToken cancellation)
    {
        foreach (var name in options.Value.Teams.Keys)
        {
            var team = await accounts.Teams.SingleOrDefaultAsync(t => t.Name == name.Trim(), cancellation);
            var member = team is null ? null : await accounts.TeamMembers.SingleOrDefaultAsync(m => m.Team == team.Id && m.Account == account, cancellation);
            if (mapped.Contains(name) == member is not null) { continue; }
            if (member is not null) { accounts.TeamMembers.Remove(member); }
            else
            {
                if (team is null) { accounts.Teams.Add(team = new() { Name = name.Trim() }); await accounts.SaveChangesAsync(cancellation); }
                accounts.TeamMembers.Add(new() { Team = team.Id, Account = account });
            }
        }

        await accounts.SaveChangesAsync(cancellation);
    }

    private async Task<Outcome> RefuseAsync(Account? account, string why, string words, CancellationToken cancellation)
    {
        await catalogue.RecordAsync(clock, account?.UserName ?? AuditActor.Stranger, "account.sign-in", null, AuditOutcome.Refused, $"organization: {why}", cancellation);
        return new Outcome.Refused(words);
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record SignedIn : Outcome;

        /// <summary>Not signed in yet: the provider asked for no second factor, and this server does.</summary>
        internal sealed record OwnFactor : Outcome;

        /// <param name="Why">In words for who tried.</param>
        internal sealed record Refused(string Why) : Outcome;
    }
}
