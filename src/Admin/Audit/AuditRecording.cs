using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Audit;

/// <summary>Outcomes of audited actions.</summary>
internal static class AuditOutcome
{
    public const string Allowed = "allowed";
    public const string Refused = "refused";
    public const string Failed = "failed";
}

/// <summary>Who acts when it is nobody's account.</summary>
internal static class AuditActor
{
    public const string Participant = "participant";
    public const string Recorder = "recorder";
    public const string Server = "server";

    /// <summary>Whoever is at the server's machine and runs one of its verbs.</summary>
    public const string Operator = "operator";

    /// <summary>Somebody who named no account that there is.</summary>
    public const string Stranger = "stranger";

    /// <summary>No account is called like one of these.</summary>
    public static readonly IReadOnlyList<string> All = [Participant, Recorder, Server, Operator, Stranger];
}

/// <summary>Adds rows to the audit trail.</summary>
internal static class AuditRecording
{
    /// <summary>Adds a row that commits with whatever else is saved.</summary>
    public static void Record(this CatalogueDb catalogue, TimeProvider clock, string actor, string action, Guid? session, string outcome, string? detail) =>
        catalogue.Audit.Add(new() { At = clock.GetUtcNow(), Actor = actor, Action = action, Session = session, Outcome = outcome, Detail = detail });

    /// <summary>Adds a row and commits it: what it records may happen afterwards.</summary>
    public static Task RecordAsync(
        this CatalogueDb catalogue, TimeProvider clock, string actor, string action, Guid? session, string outcome, string? detail, CancellationToken cancellation)
    {
        catalogue.Record(clock, actor, action, session, outcome, detail);
        return catalogue.SaveChangesAsync(cancellation);
    }
}
