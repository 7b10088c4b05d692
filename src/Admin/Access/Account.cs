using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;

namespace SecureRecorder.Admin.Access;

/// <summary>Somebody of the organization. <see cref="IdentityUser{TKey}.UserName"/> is what sessions and the audit trail name; it never changes and is never given again.</summary>
public sealed class Account : IdentityUser
{
    /// <summary>Characters of a user name: it must fit where the catalogue names an account.</summary>
    public const int UserNameLimit = 64;

    /// <summary>Characters of the name that recorded people read.</summary>
    public const int DisplayNameLimit = 100;

    /// <summary>Name that recorded people read in the notice.</summary>
    [MaxLength(DisplayNameLimit)] public required string DisplayName { get; set; }

    /// <summary>The authenticator's secret, protected by the server's keys.</summary>
    [MaxLength(400)] public string? ProtectedTotpSecret { get; set; }

    /// <summary>Time step of the last code that was accepted: a code works once.</summary>
    public long LastTotpStep { get; set; }

    /// <summary>Since when nobody can sign in with it; null: it works. Milliseconds since 1970, UTC.</summary>
    public long? DisabledAt { get; set; }

    /// <summary>Until when unknown browsers cannot sign in with it, after too many failures. Milliseconds since 1970, UTC.</summary>
    public long LockedUntil { get; set; }

    /// <summary>It belongs to the organization's identity provider: no password here, and its roles come from there.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether somebody can sign in with it; until then it waits for its one-time link to be used.</summary>
    public bool IsSetUp => PasswordHash is not null || IsExternal;
}
