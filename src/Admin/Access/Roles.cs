namespace SecureRecorder.Admin.Access;

/// <summary>What an account may do. It has one role or more; watching is no role: see <see cref="Replay.ReplayEntitlements"/>.</summary>
internal static class Roles
{
    public const string Admin = "admin";
    public const string Technician = "technician";
    public const string Auditor = "auditor";
    public const string Operator = "operator";

    /// <summary>All of them, in the order in which pages show them.</summary>
    public static readonly IReadOnlyList<string> All = [Technician, Admin, Auditor, Operator];

    /// <summary>As people read it.</summary>
    public static string Name(string role) => role switch
    {
        Admin => "Org admin",
        Technician => "Technician",
        Auditor => "Auditor",
        Operator => "Operator",
        _ => role,
    };

    /// <summary>What it allows, in one line.</summary>
    public static string Meaning(string role) => role switch
    {
        Admin => "Configures notices, people, teams and rights, approves, and answers requests. Watches no recording by being admin.",
        Technician => "Starts sessions, and replays their own. Replays those of others only with a right.",
        Auditor => "Reads the audit trail, and reads and answers requests.",
        Operator => "Sees how the server runs: its parts, its disk, what waits. Sees nobody's names and no recording.",
        _ => "",
    };

    public static string Names(IEnumerable<string> roles) => string.Join(", ", All.Where(roles.Contains).Select(Name));
}
