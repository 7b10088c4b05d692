using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.RetentionJobs.Orphans;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Locations;

/// <summary>An admin's yes to delete objects that belong to no recording: only after the grace time, and never where the catalogue itself seems to be lost.</summary>
internal sealed class ApproveOrphans(CatalogueDb catalogue, KnownLocations known, TimeProvider clock)
{
    /// <summary>Orphans from which on they are compared with what the catalogue knows.</summary>
    private const int Few = 20;

    /// <returns>Why not; null: the next run of the job deletes them.</returns>
    public async Task<string?> RunAsync(string actor, string? location, Guid session, CancellationToken cancellation)
    {
        if (known.All.All(each => each.Name != location)) { return $"There is no location '{location}'."; }

        var now = clock.GetUtcNow();
        var open = catalogue.Findings.Where(f => f.Source == FindOrphans.Source && f.Location == location && f.Rule == FindOrphans.ObjectsWithoutRecording && f.ClosedAt == null);
        var subject = $"{session}";
        if (await open.AsNoTracking().SingleOrDefaultAsync(f => f.Subject == subject, cancellation) is not { } finding) { return $"Nothing without a recording was found under '{session}' in '{location}'."; }
        if (now - finding.FirstSeenAt < DeleteOrphans.GraceTime) { return $"They were first found on {Layout.Words.Day(finding.FirstSeenAt)}, and can be deleted {DeleteOrphans.GraceTime.TotalDays:0} days later at the earliest."; }

        var orphans = await open.CountAsync(cancellation);
        if (orphans >= Few && orphans > await catalogue.Sessions.CountAsync(s => s.Location == location, cancellation)) { return "The bucket holds more that the catalogue does not know than it knows: the catalogue seems to be lost or old. Bring it back first."; }
        if (await catalogue.OrphanApprovals.AnyAsync(a => a.Location == location && a.Session == session, cancellation)) { return null; }

        catalogue.OrphanApprovals.Add(new() { Location = location!, Session = session, At = now, By = actor });
        catalogue.Record(clock, actor, "orphans.approved", session, AuditOutcome.Allowed, $"{location}: {finding.Detail}");
        await catalogue.SaveChangesAsync(cancellation);
        return null;
    }
}
