using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>Whether the location is reachable and private, looked at afresh at least once a minute. Without that knowledge nothing is recorded.</summary>
internal sealed partial class LocationGate(IObjectStore store, TimeProvider clock, ILogger<LocationGate> log) : IDisposable
{
    /// <summary>How long a look counts.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    /// <summary>How soon a bad look is repeated.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _looking = new(1, 1);
    private volatile Look? _last;

    /// <summary>Null when recordings may go there; otherwise why not, in words.</summary>
    public async Task<string?> RefusalAsync(CancellationToken cancellation)
    {
        if (IsFresh(_last)) { return _last!.Refusal; }

        await _looking.WaitAsync(cancellation);
        try
        {
            if (!IsFresh(_last)) { _last = new(await LookAsync(cancellation), clock.GetTimestamp()); }
            return _last!.Refusal;
        }
        finally
        {
            _looking.Release();
        }
    }

    public void Dispose() => _looking.Dispose();

    private bool IsFresh(Look? look) => look is not null && clock.GetElapsedTime(look.At) < (look.Refusal is null ? Fresh : Retry);

    private async Task<string?> LookAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var finding = await store.ProbeStrangerAsync(limit.Token);
            if (finding.Verdict == StrangerVerdict.Private) { return null; }

            LogNotPrivate(finding.Verdict, finding.Detail);
            return finding.Verdict == StrangerVerdict.Public
                ? "The storage location is public. Nothing is recorded until it is private again. Tell the administrator."
                : "It cannot be told whether the storage location is private. Nothing is recorded until it can. Tell the administrator.";
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNoAnswer(failure);
            return "The storage location does not answer. Nothing is recorded until it does. Try again, and tell the administrator.";
        }
    }

    [LoggerMessage(2101, LogLevel.Error, "The storage location is not safe to record into ({Verdict}): {Finding}")]
    private partial void LogNotPrivate(StrangerVerdict verdict, string finding);

    [LoggerMessage(2102, LogLevel.Warning, "The storage location does not answer")]
    private partial void LogNoAnswer(Exception failure);

    private sealed record Look(string? Refusal, long At);
}
