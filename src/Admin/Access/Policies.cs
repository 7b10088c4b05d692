using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;

namespace SecureRecorder.Admin.Access;

/// <summary>Who may call what. An endpoint that says nothing is for technicians only.</summary>
internal static class Policies
{
    /// <summary>Configuring: notices, people, teams.</summary>
    public const string Admins = "admins";

    /// <summary>The audit trail.</summary>
    public const string Auditors = "auditors";

    /// <summary>What recorded people ask for.</summary>
    public const string Requests = "requests";

    /// <summary>What is deleted next.</summary>
    public const string Deletions = "deletions";

    /// <summary>How the server runs.</summary>
    public const string Operators = "operators";

    /// <summary>What the server does by itself.</summary>
    public const string Jobs = "jobs";

    /// <summary>Everybody with an account, for what is their own.</summary>
    public const string Members = "members";

    public static void Add(AuthorizationBuilder authorization) => authorization
        .SetDefaultPolicy(For(Roles.Technician))
        .SetFallbackPolicy(For(Roles.Technician))
        .AddPolicy(Admins, For(Roles.Admin))
        .AddPolicy(Auditors, For(Roles.Auditor))
        .AddPolicy(Requests, For(Roles.Auditor, Roles.Admin))
        .AddPolicy(Deletions, For(Roles.Admin, Roles.Auditor))
        .AddPolicy(Operators, For(Roles.Operator))
        .AddPolicy(Jobs, For(Roles.Admin, Roles.Operator))
        .AddPolicy(Members, For([.. Roles.All]));

    /// <summary>The first page that this account may open.</summary>
    public static string HomeOf(ClaimsPrincipal user) =>
        user.IsInRole(Roles.Technician) ? "/" : user.IsInRole(Roles.Admin) ? "/overview" : user.IsInRole(Roles.Auditor) ? "/audit" : user.IsInRole(Roles.Operator) ? "/operation" : "/account";

    private static AuthorizationPolicy For(params string[] roles) =>
        new AuthorizationPolicyBuilder(IdentityConstants.ApplicationScheme).RequireAuthenticatedUser().RequireRole(roles).Build();
}
