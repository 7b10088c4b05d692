using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>Whether the location is reachable and private, looked at afresh at least once a minute, and found safe at the last look at everything that it says of itself. Without that knowledge nothing is recorded.</summary>
internal sealed partial class LocationGate(Location location, LastPosture posture, TimeProvider clock, ILogger<LocationGate> log) : IDisposable
{
    /// <summary>How long a look counts.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    /// <summary>How soon a bad look is repeated.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _looking = new(1, 1);
    private volatile LocationLook? _last;

    /// <summary>Null when recordings may go there; otherwise why not, in words.</summary>
    public async Task<string?> RefusalAsync(CancellationToken cancellation) => (await LookedAsync(cancellation)).Refusal;

    /// <summary>The look that counts at the moment.</summary>
    public async Task<LocationLook> LookedAsync(CancellationToken cancellation)
    {
        if (_last is { } known && IsFresh(known)) { return known; }

        await _looking.WaitAsync(cancellation);
        try
        {
            if (_last is { } meanwhile && IsFresh(meanwhile)) { return meanwhile; }
            var (refusal, finding) = await LookAsync(cancellation);
            return _last = new(refusal, finding, clock.GetUtcNow(), clock.GetTimestamp());
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>The next question looks again.</summary>
    public void Forget() => _last = null;

    public void Dispose() => _looking.Dispose();

    /// <summary>A look counts no longer when all of the bucket was looked at since: by the schedule, or because somebody asked.</summary>
    private bool IsFresh(LocationLook look) => clock.GetElapsedTime(look.Timestamp) < (look.Refusal is null ? Fresh : Retry) && !posture.HasLookedSince(look.Timestamp);

    private async Task<(string? Refusal, string? Finding)> LookAsync(CancellationToken cancellation)
    {
        if (location.KekRegion != location.Region) { return ($"The key of the storage location lies in {location.KekRegion}, the location in {location.Region}. Nothing is recorded there. Tell the administrator.", null); }

        if (location.Kek.Current() is ServiceKey key && (key.Refusal is not null || !key.IsKnown))
        {
            LogNoKey(key.Refusal ?? $"The public half of '{key.Id}' was never read.");
            return ("The key of the storage location cannot be used. Nothing is recorded there. Tell the administrator.", null);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var finding = await location.Store.ProbeStrangerAsync(limit.Token);
            if (finding.Verdict == StrangerVerdict.Private) { return (await posture.CurrentAsync(limit.Token) is { IsSafe: false } look ? RefusalOf(look) : null, finding.Detail); }

            LogNotPrivate(finding.Verdict, finding.Detail);
            if (finding.Verdict == StrangerVerdict.Public && await posture.CurrentAsync(limit.Token) is { IsSafe: true }) { await posture.LookAsync(limit.Token); } // a breach is not left to the next scheduled look
            return (finding.Verdict == StrangerVerdict.Public
                ? "The storage location is public. Nothing is recorded until it is private again. Tell the administrator."
                : "It cannot be told whether the storage location is private. Nothing is recorded until it can. Tell the administrator.", finding.Detail);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNoAnswer(failure);
            return ("The storage location does not answer. Nothing is recorded until it does. Try again, and tell the administrator.", null);
        }
    }

    private static string RefusalOf(PostureLook look) => look.Report is null
        ? "It cannot be told whether the storage location is safe. Nothing is recorded until it can. Tell the administrator."
        : "The storage location is not safe. Nothing is recorded until it is again. Tell the administrator.";

    [LoggerMessage(2101, LogLevel.Error, "The storage location is not safe to record into ({Verdict}): {Finding}")]
    private partial void LogNotPrivate(StrangerVerdict verdict, string finding);

    [LoggerMessage(2103, LogLevel.Error, "The key of the storage location cannot be used: {Why}")]
    private partial void LogNoKey(string why);

    [LoggerMessage(2102, LogLevel.Warning, "The storage location does not answer")]
    private partial void LogNoAnswer(Exception failure);
}

/// <summary>A look at the location.</summary>
/// <param name="Refusal">Null when recordings may go there; otherwise why not, in words.</param>
/// <param name="Finding">What a stranger found; null: the location did not answer.</param>
public sealed record LocationLook(string? Refusal, string? Finding, DateTimeOffset At, long Timestamp);
