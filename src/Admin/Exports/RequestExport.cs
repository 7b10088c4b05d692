using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Approvals;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Exports;

/// <summary>Somebody asks for a copy of a recording, for a purpose. The attempt is in the audit trail, whatever comes of it; a second person decides.</summary>
internal sealed class RequestExport(
    CatalogueDb catalogue, ExportRight right, PurposesOfSession purposes, AskApproval ask, RemuxVideo ffmpeg, IOptions<ExportOptions> options, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(Guid id, Viewer viewer, string? purpose, string? note, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == id, cancellation);
        if (session is null) { return new Outcome.NotFound(); }

        var outcome = await RefusalAsync(session, viewer.UserName, purpose, cancellation)
            ?? (await ask.RunAsync(ApprovalKind.Export, id, viewer, purpose!, note, cancellation) is AskApproval.Outcome.Refused refused ? new Outcome.Refused(refused.Reason) : null);
        var (word, detail) = outcome switch { null => (AuditOutcome.Allowed, purpose), Outcome.Refused why => (AuditOutcome.Refused, why.Reason), _ => (AuditOutcome.Refused, "no right to this session") };
        await catalogue.RecordAsync(clock, viewer.UserName, "export.request", id, word, detail, cancellation);
        return outcome ?? new Outcome.Asked();
    }

    /// <returns>Why not; null: it may be asked for.</returns>
    private async Task<Outcome?> RefusalAsync(RecordedSession session, string account, string? purpose, CancellationToken cancellation)
    {
        if ((await right.TracksOfAsync(account, session, cancellation)).Count == 0) { return new Outcome.NotFound(); } // a stranger does not learn that it exists
        if (!options.Value.Allowed) { return new Outcome.Refused("The organization does not allow exports."); }
        if (!Standing.Over(session.State)) { return new Outcome.Refused("The session is not over yet."); }
        if (!(await purposes.OfAsync(session.Id, cancellation)).Contains(purpose, StringComparer.Ordinal)) { return new Outcome.Refused("Choose one of these purposes: they are what the recorded person read. Another one is not accepted."); }

        return await ffmpeg.MissingAsync(cancellation) is { } missing ? new Outcome.Refused(missing) : null;
    }

    internal abstract record Outcome
    {
        private Outcome() { }

        /// <summary>It waits for a second person, or was approved already.</summary>
        internal sealed record Asked : Outcome;

        internal sealed record Refused(string Reason) : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
