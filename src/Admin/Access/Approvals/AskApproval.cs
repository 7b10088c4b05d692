using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Approvals;

/// <summary>Asks for the approval of a second person. Whoever calls it has checked that the requester has the right that the approval adds to, and the purpose.</summary>
internal sealed class AskApproval(CatalogueDb catalogue, ApprovalsOfRequester own, IOptions<ApprovalOptions> options, TimeProvider clock)
{
    /// <param name="note">What the requester tells who decides; may be empty.</param>
    public async Task<Outcome> RunAsync(ApprovalKind kind, Guid session, Viewer requester, string purpose, string? note, CancellationToken cancellation)
    {
        var trimmed = string.IsNullOrWhiteSpace(note) ? null : note.Trim();
        if (trimmed is not null && (trimmed.Length > Approval.TextLimit || trimmed.Any(char.IsControl))) { return new Outcome.Refused($"What you tell the approver may have {Approval.TextLimit} characters, on one line."); }
        if (await own.LastAsync(kind, session, requester.UserName, cancellation) is { Stands: RequestStanding.Waiting or RequestStanding.Approved } open) { return new Outcome.Asked(open.Approval.Id); }

        var now = clock.GetUtcNow();
        var approval = new Approval
        {
            Id = Guid.CreateVersion7(now), Kind = kind, Session = session, Requester = requester.UserName, Purpose = purpose, Note = trimmed, RequestedAt = now, ExpiresAt = now.AddHours(options.Value.RequestHours),
        };
        catalogue.Approvals.Add(approval);
        catalogue.Record(clock, requester.UserName, "approval.asked", session, AuditOutcome.Allowed, AuditText.Of($"{ApprovalWords.Of(kind)}: {purpose}{(trimmed is null ? "" : $". {trimmed}")}"));
        await catalogue.SaveChangesAsync(cancellation);
        return new Outcome.Asked(approval.Id);
    }

    internal abstract record Outcome
    {
        private Outcome() { }

        /// <summary>It waits; a request that waited already, or was approved, is not asked again.</summary>
        internal sealed record Asked(Guid Approval) : Outcome;
        internal sealed record Refused(string Reason) : Outcome;
    }
}
