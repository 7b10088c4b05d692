using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Breaches;

/// <summary>Says that the time to notify the authority runs out: 24 and 6 hours before, and when it is over. Once each, and not of a breach that was found to be no risk.</summary>
public sealed class RemindOfBreaches(CatalogueDb catalogue, QueueAlert alerts, JobReport report, TimeProvider clock) : IScheduledJob
{
    private static readonly int[] HoursBefore = [24, 6, 0];
    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var firstDue = now - Breach.TimeToNotify + TimeSpan.FromHours(HoursBefore[0]);
        var due = await catalogue.Breaches
            .Where(b => (b.State == BreachState.Open || b.State == BreachState.Assessed) && b.NotifiedAt == null && b.Risk != false && b.OpenedAt <= firstDue && (b.Reminded == null || b.Reminded > 0))
            .OrderBy(b => b.OpenedAt).Take(Batch).ToListAsync(cancellation);
        foreach (var breach in due) { Remind(breach, now); }

        try
        {
            await catalogue.SaveChangesAsync(cancellation);
            report.Did("reminder", "of a breach", due.Count);
        }
        catch (DbUpdateConcurrencyException) { /* another server, or somebody's assessment, was faster: the next run looks again */ }
    }

    private void Remind(Breach breach, DateTimeOffset now)
    {
        var left = breach.NotifyBy - now;
        var hours = HoursBefore.Last(h => left <= TimeSpan.FromHours(h));
        if (breach.Reminded is { } told && told <= hours) { return; }

        breach.Reminded = hours;
        var (title, text) = hours == 0
            ? ("Breach: the time to notify the authority is over", "It was not notified, and nobody found that there is no risk. A notification that comes late must say why (GDPR, Article 33(1)).")
            : ($"Breach: less than {hours} hours to notify the authority", "Nobody has notified it, or found that there is no risk.");
        catalogue.Audit.Add(new() { At = now, Actor = "server", Action = "breach.reminded", Outcome = "allowed", Detail = $"{breach.Location}: {breach.Id}, {hours} hours" });
        alerts.Add(catalogue, new("breach.deadline", FindingSeverity.Critical, breach.Location, title, $"Location {breach.Location}. {text}\nThe deadline: {breach.NotifyBy.UtcDateTime:yyyy-MM-dd HH:mm} UTC.", "/breaches"), now);
    }
}
