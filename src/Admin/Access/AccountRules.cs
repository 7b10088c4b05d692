using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;

namespace SecureRecorder.Admin.Access;

/// <summary>What names, passwords and roles must be, in words for who typed them; and that one admin always remains.</summary>
internal static class AccountRules
{
    public const int MinimumPasswordLength = 12;
    public const int MaximumPasswordLength = 200;

    public static IEnumerable<string> OfName(string? displayName)
    {
        if (string.IsNullOrWhiteSpace(displayName) || displayName.Trim().Length > Account.DisplayNameLimit || displayName.Any(char.IsControl))
        {
            yield return $"Enter a name, at most {Account.DisplayNameLimit} characters.";
        }
    }

    /// <summary>The audit trail names accounts beside actors that are none: nobody may be called like one of those.</summary>
    public static IEnumerable<string> OfUserName(string? userName)
    {
        if (string.IsNullOrWhiteSpace(userName) || userName.Trim().Length > Account.UserNameLimit)
        {
            yield return $"Enter an e-mail address or a user name, at most {Account.UserNameLimit} characters.";
        }
        else if (AuditActor.All.Contains(userName.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            yield return $"The user name '{userName.Trim()}' is kept for the audit trail. Choose another one.";
        }
    }

    public static IEnumerable<string> OfPassword(string? password, string? again)
    {
        if ((password?.Length ?? 0) is < MinimumPasswordLength or > MaximumPasswordLength) { yield return $"The password needs at least {MinimumPasswordLength} characters, and at most {MaximumPasswordLength}."; }
        if (password != again) { yield return "The two passwords differ."; }
    }

    public static IEnumerable<string> OfRoles(IReadOnlyList<string> roles)
    {
        if (roles.Count == 0) { yield return $"Choose at least one role: {string.Join(", ", Roles.All)}."; }
        foreach (var unknown in roles.Except(Roles.All, StringComparer.Ordinal)) { yield return $"There is no role '{unknown}'. The roles are: {string.Join(", ", Roles.All)}."; }
    }

    public const string OneAdminRemains = "This is the only org admin who can sign in. Make somebody else org admin first.";

    /// <summary>Whether an admin who can sign in remains without this account.</summary>
    public static Task<bool> HasOtherAdminAsync(AccountsDb accounts, string account, CancellationToken cancellation) =>
        (from link in accounts.UserRoles
         join role in accounts.Roles on link.RoleId equals role.Id
         join other in accounts.Users on link.UserId equals other.Id
         where role.Name == Roles.Admin && other.Id != account && other.DisabledAt == null && (other.PasswordHash != null || other.IsExternal)
         select other.Id).AnyAsync(cancellation);
}
