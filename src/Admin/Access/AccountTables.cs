using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

// Times of these rows are milliseconds since 1970, UTC: they are compared in the database.

/// <summary>The one-time link that makes the first account. The token itself is only on the console.</summary>
internal sealed class SetupLink
{
    public int Id { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    [MaxLength(32)] public required byte[] TokenHash { get; init; }

    public required long ExpiresAt { get; init; }
    public bool Used { get; set; }
}

/// <summary>The one-time link with which an invited or reset account is set up. An account has one at most; the token is shown once.</summary>
internal sealed class AccountLink
{
    public int Id { get; init; }
    public required string Account { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    [MaxLength(32)] public required byte[] TokenHash { get; init; }

    public required long ExpiresAt { get; init; }
}

/// <summary>One browser that is signed in. Without its row, its cookie opens nothing.</summary>
[Index(nameof(Account))]
public sealed class AccountSession
{
    public required Guid Id { get; init; }
    public required string Account { get; init; }
    public required long StartedAt { get; init; }
    public required long LastSeenAt { get; set; }
    public required long ExpiresAt { get; init; }

    /// <summary>Browser and system in words; no address is stored.</summary>
    [MaxLength(60)] public required string Device { get; init; }

    /// <summary>What proved who it is: a <see cref="SignInFactor"/>.</summary>
    [MaxLength(20)] public required string Factor { get; init; }

    /// <summary>When a second factor was last proved in it; 0: not known.</summary>
    public long FactorAt { get; set; }
}

/// <summary>What a sign-in was proved with, beside the password, or in place of it.</summary>
internal static class SignInFactor
{
    public const string Authenticator = "authenticator";
    public const string RecoveryCode = "recovery code";
    public const string Organization = "organization";
    public const string Passkey = "passkey";

    /// <summary>The organization's sign-in, and then a code here.</summary>
    public const string OrganizationAndOwn = "organization, own";
}

/// <summary>A browser that has signed in before: strangers who lock the account do not lock this browser out. It has tries of its own.</summary>
[Index(nameof(Account))]
internal sealed class KnownDevice
{
    public required Guid Id { get; init; }
    public required string Account { get; init; }
    public required long LastUsedAt { get; set; }
    public int Failures { get; set; }
    public long LockedUntil { get; set; }
}

/// <summary>A code that works once in place of the authenticator's.</summary>
[Index(nameof(Account), nameof(Hash), IsUnique = true)]
internal sealed class RecoveryCode
{
    public int Id { get; init; }
    public required string Account { get; init; }

    /// <summary>HMAC-SHA-256 of the code, under the server's secret.</summary>
    [MaxLength(32)] public required byte[] Hash { get; init; }

    public long? UsedAt { get; set; }
}

/// <summary>People who work together.</summary>
public sealed class Team
{
    public const int NameLimit = 60;

    public int Id { get; init; }
    [MaxLength(NameLimit)] public required string Name { get; set; }

    /// <summary>What was chosen for its chats before there were retention policies: taken over into the team's policy at the next start, and null from then on.</summary>
    [MaxLength(20)] public ChatKeeping? Chat { get; set; }
}

/// <summary>An account in a team; a lead or not.</summary>
[Index(nameof(Account))]
internal sealed class TeamMember
{
    public required int Team { get; init; }
    public required string Account { get; init; }
    public bool IsLead { get; set; }
}
