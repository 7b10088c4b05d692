using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;

namespace SecureRecorder.Admin.Access;

/// <summary>Somebody of the organization. <see cref="IdentityUser{TKey}.UserName"/> is what sessions and the audit trail name.</summary>
internal sealed class Account : IdentityUser
{
    /// <summary>Characters of a user name: it must fit where the catalogue names an account.</summary>
    public const int UserNameLimit = 64;

    /// <summary>Name that recorded people read in the notice.</summary>
    [MaxLength(100)] public required string DisplayName { get; set; }

    /// <summary>The authenticator's secret, protected by the server's keys.</summary>
    [MaxLength(400)] public string? ProtectedTotpSecret { get; set; }

    /// <summary>Time step of the last code that was accepted: a code works once.</summary>
    public long LastTotpStep { get; set; }
}

/// <summary>What an account may do.</summary>
internal static class Roles
{
    public const string Admin = "admin";
    public const string Technician = "technician";
}
