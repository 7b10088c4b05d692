using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>Delivers alerts all the time, beside everything else: no job waits for a mail server.</summary>
public sealed partial class RunAlerts(SendAlerts send, TimeProvider clock, ILogger<RunAlerts> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!send.HasChannels) { return; }

        while (true)
        {
            try
            {
                if (await send.RunAsync(stoppingToken) == 0) { await Task.Delay(Look, clock, stoppingToken); }
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failed);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(3403, LogLevel.Error, "Alerts cannot be delivered at the moment; it is tried again, and none is lost")]
    private partial void LogFailed(Exception failed);
}
