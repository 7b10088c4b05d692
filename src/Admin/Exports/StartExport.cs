using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Approvals;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Exports;

/// <summary>Uses an approval up: from now on the export is built, once, by the next server that is free.</summary>
internal sealed class StartExport(CatalogueDb catalogue, ExportRight right, ApprovalsOfRequester approvals, IOptions<ExportOptions> options, TimeProvider clock)
{
    public Task<Outcome> RunAsync(Guid id, string account, CancellationToken cancellation) => catalogue.ChangeAsync<Outcome>(async () =>
    {
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == id, cancellation);
        if (session is null) { return new Outcome.NotFound(); }

        var tracks = await right.TracksOfAsync(account, session, cancellation);
        if (tracks.Count == 0) { return await RefusedAsync(new Outcome.NotFound(), "no right to this session"); }
        if (!options.Value.Allowed || !Standing.Over(session.State)) { return await RefusedAsync(new Outcome.Refused("It is not allowed, or the session is not over."), "not allowed, or not over"); }
        if (await approvals.UsableAsync(ApprovalKind.Export, id, account, cancellation) is not { } approval)
        {
            return await RefusedAsync(new Outcome.Refused("Nobody has approved it, or the approval is used up."), "no approval");
        }

        var now = clock.GetUtcNow();
        approval.Use(now);
        var export = new RecordingExport
        {
            Id = Guid.CreateVersion7(now), Session = id, Requester = account, Purpose = approval.Purpose, RequestedAt = now, Tracks = string.Join(' ', tracks),
            ApprovedBy = approval.DecidedBy, ApprovedAt = approval.DecidedAt,
        };
        catalogue.Exports.Add(export);
        catalogue.Record(clock, account, "export.start", id, AuditOutcome.Allowed, $"{export.Id}: {export.Tracks}, {export.Purpose}, approved by {export.ApprovedBy}");
        await catalogue.SaveChangesAsync(cancellation); // of two uses at once one is saved
        return new Outcome.Started(export.Id);

        async Task<Outcome> RefusedAsync(Outcome outcome, string why)
        {
            await catalogue.RecordAsync(clock, account, "export.start", id, AuditOutcome.Refused, why, cancellation);
            return outcome;
        }
    });

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Started(Guid Export) : Outcome;
        internal sealed record Refused(string Reason) : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
