using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Live;

/// <summary>Looks at the living sessions twice a second: who is gone, who came back, which recorder is there.</summary>
internal sealed partial class LiveWatch(
    LiveSessions sessions, SessionControl control, IDbContextFactory<CatalogueDb> catalogues, TimeProvider clock, ILogger<LiveWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PresenceInterval = TimeSpan.FromSeconds(20);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await sessions.RestoreAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (presenceWritten, synced) = (clock.GetTimestamp(), clock.GetTimestamp());
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await StepAllAsync(stoppingToken);
                if (clock.GetElapsedTime(synced) >= SyncInterval)
                {
                    synced = clock.GetTimestamp();
                    await sessions.SyncAsync(stoppingToken);
                }

                if (clock.GetElapsedTime(presenceWritten) < PresenceInterval) { continue; }

                presenceWritten = clock.GetTimestamp();
                await WritePresenceAsync(stoppingToken);
                sessions.Tidy();
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure); // recorders stop by themselves while nobody tells them that the person is there
            }
        }
    }

    private async Task StepAllAsync(CancellationToken cancellation)
    {
        foreach (var session in sessions.All)
        {
            try
            {
                await control.StepAsync(session, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                LogSessionFailed(failure, session.Id); // the others are looked after all the same
            }
        }
    }

    private async Task WritePresenceAsync(CancellationToken cancellation)
    {
        var here = sessions.All.Where(session => session.RecorderConnected).Select(session => session.Id).ToList();
        if (here.Count == 0) { return; }

        var now = clock.GetUtcNow();
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        foreach (var batch in here.Chunk(500))
        {
            await catalogue.Sessions.Where(s => batch.Contains(s.Id)).ExecuteUpdateAsync(s => s.SetProperty(session => session.RecorderSeenAt, now), cancellation);
        }
    }

    [LoggerMessage(2202, LogLevel.Error, "Session {Session} could not be looked after; trying again")]
    private partial void LogSessionFailed(Exception failure, Guid session);

    [LoggerMessage(2201, LogLevel.Error, "Living sessions could not be looked after; trying again")]
    private partial void LogFailed(Exception failure);
}
