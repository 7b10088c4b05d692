using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Layout;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Keys;

/// <summary>The months' keys of one location, as its page shows them.</summary>
/// <param name="Expire">Whether what is recorded now is wrapped for one.</param>
/// <param name="Kept">Not destroyed yet, the earliest month first.</param>
/// <param name="Destroyed">The latest month first.</param>
/// <param name="InAll">How many there are of both.</param>
/// <param name="Failure">Why the last run of the job did not do all that it should, where a key waits for it; null: it did.</param>
public sealed record MonthsKeys(bool Expire, IReadOnlyList<MonthKey> Kept, IReadOnlyList<MonthKey> Destroyed, int InAll, JobRun? Failure)
{
    /// <summary>Of either kind, where not all are asked for.</summary>
    public const int Shown = 24;

    /// <summary>Whether there are more than these.</summary>
    public bool HasMore => InAll > Kept.Count + Destroyed.Count;

    /// <param name="all">Whether all are read, however many.</param>
    internal static async Task<MonthsKeys> ReadAsync(CatalogueDb catalogue, Location location, bool all, DateTimeOffset now, CancellationToken cancellation)
    {
        var here = catalogue.ExpiryKeys.AsNoTracking().Where(k => k.Location == location.Name);
        var limit = all ? int.MaxValue : Shown;
        var kept = await here.Where(k => k.DestroyedAt == null).OrderBy(k => k.Month).Take(limit).ToListAsync(cancellation);
        var destroyed = await here.Where(k => k.DestroyedAt != null).OrderByDescending(k => k.Month).Take(limit).ToListAsync(cancellation);
        var hanging = await catalogue.CountHangingAsync([.. kept.Select(key => key.Id)], cancellation);
        var end = kept.Select(key => new ExpiryMonth(key.Month).End).Where(end => end <= now).DefaultIfEmpty().Max();
        var underWay = end == default ? [] : await catalogue.MaySealForMonths(location.Name).Where(s => s.CreatedAt < end).Select(s => s.CreatedAt).ToListAsync(cancellation);
        List<MonthKey> keys = [.. kept.Select(key => new MonthKey(key, hanging.GetValueOrDefault(key.Id, HangingOnKey.Nothing), underWay.Count(began => began < new ExpiryMonth(key.Month).End), now))];
        var last = keys.Any(key => key.IsLate) ? await catalogue.JobRuns.AsNoTracking().Where(run => run.Job == DestroyExpiredKeys.Name && run.EndedAt != null).OrderByDescending(run => run.BeganAt).FirstOrDefaultAsync(cancellation) : null;
        return new(
            location.KeysExpire, keys, [.. destroyed.Select(key => new MonthKey(key, HangingOnKey.Nothing, 0, now))], all ? kept.Count + destroyed.Count : await here.CountAsync(cancellation),
            last is { Outcome: JobOutcome.Failed } ? last : null);
    }
}

/// <summary>A month's key, and what is to be said of it.</summary>
/// <param name="UnderWay">Sessions that may still seal for it, though its month is over.</param>
public sealed record MonthKey(ExpiryKey Row, HangingOnKey Hanging, int UnderWay, DateTimeOffset Now)
{
    /// <summary>As <c>March 2027</c>.</summary>
    public string Month => new ExpiryMonth(Row.Month).InWords;

    /// <summary>From when on it is destroyed, if nothing hangs on it then.</summary>
    public DateTimeOffset Due => new ExpiryMonth(Row.Month).End + DestroyExpiredKeys.Margin;

    /// <summary>Whether that is over, and it is there still.</summary>
    public bool IsLate => Row.DestroyedAt is null && Due <= Now;

    /// <summary>What hangs on it, in words.</summary>
    public string HangingWords => (Hanging.Tracks, Hanging.Held, Hanging.Exports) switch
    {
        (0, _, 0) => "nothing",
        (0, _, var exports) => Count(exports, "export"),
        (var tracks, var held, var exports) => $"{Count(tracks, "track")}{(held == 0 ? "" : $", {held:N0} of them held")}{(exports == 0 ? "" : $", and {Count(exports, "export")}")}",
    };

    /// <summary>Why it is not destroyed, though its month is over: all that it waits for.</summary>
    public IEnumerable<string> WaitsFor()
    {
        if (Row.DestroyingSince is { } since)
        {
            yield return $"its store, or the bucket that takes the certificate: its destruction was begun on {Words.Day(since)} and has not been said to be done. It is tried every hour, and nothing unwraps with it meanwhile";
            yield break;
        }

        if (Hanging.Held > 0) { yield return $"{Count(Hanging.Held, "held track")}, to be wrapped for a later month’s key first"; }
        if (Hanging.Tracks - Hanging.Held is > 0 and var others) { yield return $"{Count(others, "track")}, to be deleted, or wrapped for another key, first"; }
        if (Hanging.Exports > 0) { yield return $"{Count(Hanging.Exports, "export")}, to be destroyed first"; }
        if (UnderWay > 0) { yield return $"{Count(UnderWay, "session")} that began before the month was over and {(UnderWay == 1 ? "goes" : "go")} on"; }
        if (Hanging == HangingOnKey.Nothing && UnderWay == 0) { yield return "the next run of the job, within the hour"; }
    }

    private static string Count(int count, string thing) => $"{count:N0} {thing}{(count == 1 ? "" : "s")}";
}
