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
