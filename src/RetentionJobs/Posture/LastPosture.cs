using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>What the last look at the bucket found. Looks are made one after the other; when a bucket stops being safe, or is safe again, the audit trail says so.</summary>
public sealed partial class LastPosture(BucketToCheck bucket, FollowLook follow, IDbContextFactory<CatalogueDb> catalogues, TimeProvider clock, ILogger<LastPosture> log) : IDisposable
{
    /// <summary>How long a look counts.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(2);

    /// <summary>How soon what is not safe is looked at again, by whoever wants to record.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _looking = new(1, 1);
    private volatile PostureLook? _last;

    /// <summary>Whether this process looked after that moment: who concluded something before asks again.</summary>
    /// <param name="timestamp">Of the clock of this process.</param>
    public bool HasLookedSince(long timestamp) => _last?.Timestamp > timestamp;

    /// <summary>The look that counts; a new one where it is too old, was not good, or another process has found something since.</summary>
    /// <returns>Null: there is no bucket to look at.</returns>
    public async Task<PostureLook?> CurrentAsync(CancellationToken cancellation) =>
        _last is { } known && clock.GetElapsedTime(known.Timestamp) < (known.IsSafe ? Validity : Retry) && !(known.IsSafe && await follow.HasFoundSinceAsync(bucket.Name, known.At, cancellation)) ? known : await LookAsync(cancellation);

    /// <summary>Looks now.</summary>
    /// <returns>Null: there is no bucket to look at.</returns>
    public async Task<PostureLook?> LookAsync(CancellationToken cancellation)
    {
        if (bucket.Location is not { } location) { return null; }

        await _looking.WaitAsync(cancellation);
        try
        {
            var (before, look) = (_last, await LookAtAsync(location, cancellation));
            look = await follow.RunAsync(bucket.Name, location, look, () => LookAtAsync(location, cancellation), cancellation);
            if (look.IsSafe != (before?.IsSafe ?? true)) { await RecordAsync(look, cancellation); }
            return _last = look;
        }
        finally
        {
            _looking.Release();
        }
    }

    public void Dispose() => _looking.Dispose();

    private async Task<PostureLook> LookAtAsync(S3LocationOptions location, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            return new(clock.GetUtcNow(), clock.GetTimestamp(), await CheckBucket.RunAsync(location, new(null, [], null) { Objects = await follow.PublicObjectsAsync(bucket.Name, location, limit.Token) }, limit.Token), null);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested && failed is ObjectStoreException or OperationCanceledException or HttpRequestException)
        {
            LogNotLooked(failed);
            return new(clock.GetUtcNow(), clock.GetTimestamp(), null, failed is ObjectStoreException away ? away.Message : $"The bucket did not answer within {Patience.TotalSeconds:0} seconds.");
        }
    }

    private async Task RecordAsync(PostureLook look, CancellationToken cancellation)
    {
        var detail = $"{bucket.Name}: {look.Failure ?? string.Join(", ", look.Critical)}";
        if (look.IsSafe) { LogSafe(); } else { LogNotSafe(detail); }
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        catalogue.Audit.Add(new()
        {
            At = look.At,
            Actor = "server",
            Action = look.IsSafe ? "location.safe" : "location.unsafe",
            Outcome = look.IsSafe ? "allowed" : "failed",
            Detail = detail.Length <= 400 ? detail : detail[..400],
        });
        await catalogue.SaveChangesAsync(cancellation);
    }

    [LoggerMessage(3101, LogLevel.Error, "The bucket is not safe to record into: {Why}")]
    private partial void LogNotSafe(string why);

    [LoggerMessage(3102, LogLevel.Information, "The bucket is safe to record into again")]
    private partial void LogSafe();

    [LoggerMessage(3103, LogLevel.Warning, "The bucket could not be looked at")]
    private partial void LogNotLooked(Exception failed);
}

/// <param name="Name">Of the location.</param>
/// <param name="Location">Null: recordings do not go into a bucket.</param>
public sealed record BucketToCheck(string Name, S3LocationOptions? Location);

/// <summary>One look at the bucket.</summary>
/// <param name="Report">Null: it could not be looked at.</param>
/// <param name="Failure">Why not.</param>
public sealed record PostureLook(DateTimeOffset At, long Timestamp, BucketReport? Report, string? Failure)
{
    /// <summary>Names of the rules that stop recordings.</summary>
    public IEnumerable<string> Critical => Report?.Findings.Where(finding => finding.Rule.Severity is Severity.Critical).Select(finding => finding.Rule.Name) ?? [];

    /// <summary>Whether recordings may go there. What could not be looked at is not safe.</summary>
    public bool IsSafe => Report is { Public: false } && !Critical.Any();
}
