using System.Security.Claims;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>Asks once, after the start, what a replay asks, of a session that does not exist: translating the questions and reaching the bucket takes longer than answering, and the first viewer need not wait for it.</summary>
internal sealed partial class WarmReplay(
    IServiceScopeFactory scopes, IHostApplicationLifetime lifetime, KnownLocations locations, ILogger<WarmReplay> log) : BackgroundService
{
    private const string Nobody = "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            await AskAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped before anybody watched.
        }
        catch (Exception failed)
        {
            LogNotWarm(failed); // whoever watches is told what is wrong
        }
    }

    private async Task AskAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (services, nowhere) = (scope.ServiceProvider, Guid.NewGuid());
        var viewer = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, Nobody)], nameof(WarmReplay)));
        await services.GetRequiredService<ReplayAccess>().FindAsync(nowhere, viewer, cancellation);
        await services.GetRequiredService<PurposeView>().ReadAsync(nowhere, Viewer.Of(viewer), cancellation);
        await services.GetRequiredService<PurposesOfSession>().OfAsync(nowhere, cancellation);
        await services.GetRequiredService<OpenReplay>().RunAsync(nowhere, Viewer.Of(viewer), purpose: null, cancellation);
        try
        {
            await locations.Main.Reader.ReadConsentAsync(nowhere, cancellation);
        }
        catch (TrackUnreadableException)
        {
            // The bucket answered that there is no such session.
        }
    }

    private async Task StartedAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var begun = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    [LoggerMessage(2521, LogLevel.Debug, "What a replay asks could not be asked beforehand")]
    private partial void LogNotWarm(Exception failed);
}
