using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Exports;

/// <summary>Builds approved exports, one after the other. Each server of an organization does; a row of the catalogue is given to one of them.</summary>
internal sealed partial class RunExports(IServiceScopeFactory scopes, IOptions<ExportOptions> options, TimeProvider clock, ILogger<RunExports> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Allowed) { return; }

        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                if (!await scope.ServiceProvider.GetRequiredService<BuildExport>().RunNextAsync(stoppingToken)) { await Task.Delay(Look, clock, stoppingToken); }
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(log, failed);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(2801, LogLevel.Error, "Exports cannot be built at the moment; it is tried again")]
    private static partial void Failed(ILogger log, Exception failed);
}
