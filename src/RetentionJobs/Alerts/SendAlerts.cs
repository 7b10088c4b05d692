using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>Delivers the alerts that are due, at least once each: what was not accepted is tried again ever more seldom, and given up after a day, which is a finding.</summary>
/// <remarks>A try is noted before it begins. A server that is killed while it tries leaves a row that is due again soon; what had been accepted by then comes twice, with the same id.</remarks>
public sealed partial class SendAlerts(IDbContextFactory<CatalogueDb> catalogues, IEnumerable<IAlertChannel> channels, KeepFindings findings, TimeProvider clock, ILogger<SendAlerts> log)
{
    /// <summary>So long after it was queued an alert is tried.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>So long one that tries counts as alive.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private const int Batch = 20;

    /// <summary>Whether there is anybody to tell.</summary>
    public bool HasChannels => channels.Any(channel => channel.IsConfigured);

    /// <summary>One pass over all channels, none of which waits for another.</summary>
    /// <returns>How many tries were made.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation) =>
        (await Task.WhenAll(channels.Where(channel => channel.IsConfigured).Select(channel => RunAsync(channel, cancellation)))).Sum();

    private async Task<int> RunAsync(IAlertChannel channel, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var due = await catalogue.Alerts.AsNoTracking().Where(alert => alert.Channel == channel.Name && alert.EndedAt == null && alert.NextAttemptAt <= now)
            .OrderBy(alert => alert.NextAttemptAt).Take(Batch).ToListAsync(cancellation);
        foreach (var alert in due)
        {
            if (await TakeAsync(catalogue, alert, cancellation)) { await TryAsync(catalogue, channel, alert, cancellation); }
        }

        return due.Count;
    }

    /// <summary>Of two servers at once one takes it.</summary>
    private async Task<bool> TakeAsync(CatalogueDb catalogue, OutgoingAlert alert, CancellationToken cancellation)
    {
        var until = clock.GetUtcNow() + Lease;
        return await Row(catalogue, alert).Where(row => row.EndedAt == null && row.Attempts == alert.Attempts)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, row => row.Attempts + 1).SetProperty(row => row.NextAttemptAt, until), cancellation) == 1;
    }

    private async Task TryAsync(CatalogueDb catalogue, IAlertChannel channel, OutgoingAlert alert, CancellationToken cancellation)
    {
        try
        {
            await channel.SendAsync(alert, cancellation);
        }
        catch (AlertNotDeliveredException failed)
        {
            await PutOffAsync(catalogue, alert, failed, cancellation);
            return;
        }

        await EndAsync(catalogue, alert, givenUp: false, null, cancellation);
    }

    private async Task PutOffAsync(CatalogueDb catalogue, OutgoingAlert alert, AlertNotDeliveredException failed, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var why = failed.Message.Length <= 400 ? failed.Message : failed.Message[..400];
        if (now - alert.CreatedAt >= Patience)
        {
            LogGivenUp(alert.Id, alert.Channel, Patience.TotalHours, failed);
            await EndAsync(catalogue, alert, givenUp: true, why, cancellation);
            return;
        }

        var pause = PauseAfter(alert.Attempts + 1);
        LogPutOff(alert.Id, alert.Channel, pause.TotalSeconds, why);
        await Row(catalogue, alert).ExecuteUpdateAsync(set => set.SetProperty(row => row.NextAttemptAt, now + pause).SetProperty(row => row.LastError, why), cancellation);
    }

    private async Task EndAsync(CatalogueDb catalogue, OutgoingAlert alert, bool givenUp, string? why, CancellationToken cancellation)
    {
        var (now, old) = (clock.GetUtcNow(), clock.GetUtcNow() - Kept);
        await Row(catalogue, alert).ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now).SetProperty(row => row.GivenUp, givenUp).SetProperty(row => row.LastError, why), cancellation);
        await catalogue.Alerts.Where(row => row.EndedAt < old).ExecuteDeleteAsync(cancellation);
        if (givenUp)
        {
            catalogue.Audit.Add(new() { At = now, Actor = "server", Action = "alert.given-up", Outcome = "failed", Detail = $"{alert.Channel}: {alert.Title} ({alert.Id})" });
            await catalogue.SaveChangesAsync(cancellation);
        }

        if (givenUp || await catalogue.Findings.AnyAsync(finding => finding.Source == Source && finding.ClosedAt == null, cancellation)) { await KeepAsync(catalogue, cancellation); }
    }

    /// <summary>A channel is wrong from when it had to give up an alert until it delivers one.</summary>
    private async Task KeepAsync(CatalogueDb catalogue, CancellationToken cancellation)
    {
        var seen = new List<SeenFinding>();
        foreach (var name in channels.Where(channel => channel.IsConfigured).Select(channel => channel.Name))
        {
            var last = await catalogue.Alerts.AsNoTracking().Where(row => row.Channel == name && row.EndedAt != null).OrderByDescending(row => row.EndedAt).FirstOrDefaultAsync(cancellation);
            if (last is { GivenUp: true })
            {
                seen.Add(new("alert-not-delivered", FindingSeverity.High, name, "An alert could not be delivered within a day, and was given up.", last.LastError ?? "", "Check the section Alerts of the configuration and the other side, then send a test alert."));
            }
        }

        await findings.RunAsync(Source, LocationName.Server, seen, cancellation);
    }

    private const string Source = "alerts";

    private static IQueryable<OutgoingAlert> Row(CatalogueDb catalogue, OutgoingAlert alert) => catalogue.Alerts.Where(row => row.Id == alert.Id && row.Channel == alert.Channel);

    /// <summary>10 s, 20 s, 40 s and so on, up to an hour.</summary>
    internal static TimeSpan PauseAfter(int attempts) => attempts > 20 || FirstPause * Math.Pow(2, attempts - 1) > LongestPause ? LongestPause : FirstPause * Math.Pow(2, attempts - 1);

    [LoggerMessage(3401, LogLevel.Warning, "Alert {Alert} was not delivered by {Channel}; it is tried again in {Seconds} s: {Why}")]
    private partial void LogPutOff(Guid alert, string channel, double seconds, string why);

    [LoggerMessage(3402, LogLevel.Error, "Alert {Alert} was not delivered by {Channel} within {Hours} hours and is given up: nobody was told")]
    private partial void LogGivenUp(Guid alert, string channel, double hours, Exception failed);
}
