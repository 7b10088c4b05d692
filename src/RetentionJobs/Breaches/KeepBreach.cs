using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Breaches;

/// <summary>Opens the record of a breach when a bucket is public, and notes in it when it is not any more.</summary>
public sealed class KeepBreach(QueueAlert alerts)
{
    /// <summary>To be saved with what the look found.</summary>
    /// <param name="catalogue">In a transaction that writes from its beginning.</param>
    /// <param name="privateAt">The last look that found the bucket private.</param>
    /// <param name="found">Names of the rules, and where each was seen.</param>
    /// <returns>The breach that goes on; null: there is none.</returns>
    public async Task<Breach?> AddAsync(CatalogueDb catalogue, string location, string bucket, bool isPublic, DateTimeOffset? privateAt, string found, DateTimeOffset now, CancellationToken cancellation)
    {
        var breach = await catalogue.Breaches.Where(b => b.Location == location && b.EndedAt == null).OrderByDescending(b => b.OpenedAt).FirstOrDefaultAsync(cancellation);
        if (isPublic) { return breach ?? Open(catalogue, location, bucket, privateAt, found, now); }
        if (breach is null) { return null; }

        breach.EndedAt = now;
        catalogue.BreachSteps.Add(new() { Id = Guid.CreateVersion7(now), Breach = breach.Id, At = now, What = "Looked at again: the bucket is private, and strangers get nothing." });
        catalogue.Audit.Add(new() { At = now, Actor = "server", Action = "breach.ended", Outcome = "allowed", Detail = $"{location}: {breach.Id}" });
        return null;
    }

    private Breach Open(CatalogueDb catalogue, string location, string bucket, DateTimeOffset? privateAt, string found, DateTimeOffset now)
    {
        var breach = new Breach { Id = Guid.CreateVersion7(now), Location = location, Bucket = bucket, OpenedAt = now, PrivateAt = privateAt, Found = found };
        catalogue.Breaches.Add(breach);
        catalogue.Audit.Add(new() { At = now, Actor = "server", Action = "breach.opened", Outcome = "failed", Detail = $"{location}: {breach.Id}" });
        alerts.Add(
            catalogue,
            new(
                "breach.opened", FindingSeverity.Critical, location, $"Breach record opened: location {location} is public",
                $"A look at the location {location} found that strangers get at what lies there, or that its settings let them.\nNothing new is recorded there until it is private again.\n"
                + $"Assess the risk. Where there is one, the authority must be notified by {breach.NotifyBy.UtcDateTime:yyyy-MM-dd HH:mm} UTC (GDPR, Article 33).",
                "/breaches"),
            now);
        return breach;
    }
}
