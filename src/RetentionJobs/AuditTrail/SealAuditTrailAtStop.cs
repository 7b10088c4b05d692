using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SecureRecorder.RetentionJobs.AuditTrail;

/// <summary>The last checkpoint of a server that stops: registered before whatever still records, it is stopped after it.</summary>
public sealed partial class SealAuditTrailAtStop(IServiceScopeFactory scopes, ILogger<SealAuditTrailAtStop> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<SealAuditTrail>().RunAsync(isStopping: true, cancellationToken);
        }
        catch (Exception failed) // the server stops all the same; the next one that starts writes it
        {
            Failed(log, failed);
        }
    }

    [LoggerMessage(3201, LogLevel.Error, "The last checkpoint of the audit trail could not be written")]
    private static partial void Failed(ILogger log, Exception failed);
}
