using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Layout;
using SecureRecorder.RetentionJobs.AuditTrail;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The audit trail: how many rows there are, and which of them the last checkpoint in the bucket signs. What the rows say is the auditors'.</summary>
internal sealed class AuditPart(CatalogueDb catalogue, KnownLocations locations, TrackSigners signers, TimeProvider clock) : IServerPart
{
    /// <summary>So much later than due is late.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(5);

    public string Name => "Audit trail";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var rows = await catalogue.Audit.MaxAsync(row => (long?)row.Id, cancellation) ?? 0;
        var cursor = await catalogue.AuditCursors.AsNoTracking().SingleOrDefaultAsync(c => c.Name == "checkpoint", cancellation);
        if (cursor is not { Number: > 0 }) { return Judge(Name, rows, null, await OldestAsync(0, cancellation), clock.GetUtcNow()); }

        var content = await locations.Main.Store.GetAsync(AuditCheckpoint.ObjectName(cursor.Number - 1), AuditCheckpoint.SizeLimit, cancellation);
        if (content is null) { return PartHealth.Of(Name, PartState.Broken, $"Checkpoint {cursor.Number - 1} is not in the bucket any more. Nothing more is signed. Run audit verify.", ("Rows", $"{rows}")); }

        try
        {
            var checkpoint = AuditCheckpoint.Verify(Encoding.ASCII.GetString(content), cursor.Number - 1, signers.Servers);
            return Judge(Name, rows, checkpoint, await OldestAsync(checkpoint.Last, cancellation), clock.GetUtcNow());
        }
        catch (TrackAlteredException altered)
        {
            return PartHealth.Of(Name, PartState.Broken, $"{altered.Message} Run audit verify.", ("Rows", $"{rows}"));
        }
    }

    /// <param name="oldest">When the oldest row came that no checkpoint has.</param>
    private static PartHealth Judge(string name, long rows, AuditCheckpoint? last, DateTimeOffset? oldest, DateTimeOffset now)
    {
        var due = oldest is { } waiting ? (last is { } before && before.At > waiting ? before.At : waiting) + SealAuditTrail.Interval + Late : (DateTimeOffset?)null;
        (string, string)[] facts =
        [
            ("Rows", $"{rows}"), ("Last checkpoint", last is null ? "none yet" : $"number {last.Number}, {Words.Time(last.At.ToUnixTimeMilliseconds())}"), ("Rows since", $"{rows - (last?.Last ?? 0)}"),
        ];
        return last is not null && rows < last.Last ? PartHealth.Of(name, PartState.Broken, "It ends before the last checkpoint: rows are missing. Run audit verify.", facts)
            : due < now ? PartHealth.Of(name, PartState.Broken, $"A checkpoint has been due for {(now - due.Value + Late).TotalMinutes:0} minutes. The reason is in the server's log; if it speaks of the trail, run audit verify.", facts)
            : PartHealth.Of(name, PartState.Fine, "Its checkpoints are written in time.", facts);
    }

    private Task<DateTimeOffset?> OldestAsync(long after, CancellationToken cancellation) =>
        catalogue.Audit.AsNoTracking().Where(row => row.Id > after).OrderBy(row => row.Id).Select(row => (DateTimeOffset?)row.At).FirstOrDefaultAsync(cancellation);
}
