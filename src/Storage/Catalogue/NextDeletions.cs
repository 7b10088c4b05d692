using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>What is deleted when: whole sessions on their date, and tracks that go before the rest of theirs. What a legal hold keeps is not among them.</summary>
/// <remarks>Each state is asked for by itself: then the index (<see cref="HoldTables"/>) has all of its rows in the order of their dates, and ten million of them take no longer than a thousand.</remarks>
public sealed class NextDeletions(CatalogueDb catalogue)
{
    /// <summary>What goes from a moment on and before another, the first of it first.</summary>
    /// <param name="from">Null: from the oldest on.</param>
    /// <param name="after">Where the page before ended.</param>
    public async Task<IReadOnlyList<Deletion>> ListAsync(DateTimeOffset? from, DateTimeOffset before, DeletionPlace? after, int count, CancellationToken cancellation)
    {
        if (after is not null) { from = after.At; }

        var found = new List<Deletion>();
        foreach (var state in RetentionDates.Kept)
        {
            var sessions = After(In(catalogue.Sessions.Where(s => s.State == state).NotHeld(catalogue), from, before), after).OrderBy(s => s.KeepUntil).ThenBy(s => s.Id).Take(count);
            found.AddRange(await sessions.AsNoTracking().Select(s => new Deletion(s.KeepUntil!.Value, s.Id, null, s.LastSize, s.CreatedAt, s.Technician, s.Team, s.Label)).ToListAsync(cancellation));
        }

        var tracks = After(In(Tracks(), from, before), after).OrderBy(t => t.KeepUntil).ThenBy(t => t.Session).ThenBy(t => t.Name).Take(count);
        found.AddRange(await tracks.AsNoTracking().Join(catalogue.Sessions, t => t.Session, s => s.Id, (t, s) => new Deletion(t.KeepUntil!.Value, s.Id, t.Name, t.Size, s.CreatedAt, s.Technician, s.Team, s.Label)).ToListAsync(cancellation));
        return [.. found.OrderBy(d => d.At).ThenBy(d => $"{d.Session}", StringComparer.Ordinal).ThenBy(d => d.Track, StringComparer.Ordinal).Take(count)];
    }

    /// <summary>How much goes on each day from one on and before another; days without any are left out.</summary>
    public async Task<IReadOnlyDictionary<long, DeletionDay>> DaysAsync(long from, long before, CancellationToken cancellation)
    {
        var (first, end) = (RetentionDates.BeginningOf(from), RetentionDates.BeginningOf(before));
        var isAnyHeld = await catalogue.Holds.InForce().AnyAsync(cancellation);
        var tracks = isAnyHeld ? Tracks() : catalogue.Tracks.Where(t => t.PurgedAt == null); // those of sessions that are being deleted at this moment count too: looking up each session costs more than all the rest
        var found = new List<DeletionDay>();
        foreach (var state in RetentionDates.Kept)
        {
            found.AddRange(await In(isAnyHeld ? catalogue.Sessions.Where(s => s.State == state).NotHeld(catalogue) : catalogue.Sessions.Where(s => s.State == state), first, end).GroupBy(s => RetentionDates.DayOf(s.KeepUntil!.Value))
                .Select(day => new DeletionDay(day.Key, day.LongCount(), 0, day.Sum(s => s.LastSize))).ToListAsync(cancellation));
        }

        found.AddRange(await In(tracks, first, end).GroupBy(t => RetentionDates.DayOf(t.KeepUntil!.Value)).Select(day => new DeletionDay(day.Key, 0, day.LongCount(), day.Sum(t => t.Size))).ToListAsync(cancellation));
        return found.GroupBy(day => day.Day).ToDictionary(day => day.Key, day => new DeletionDay(day.Key, day.Sum(d => d.Sessions), day.Sum(d => d.Tracks), day.Sum(d => d.Size)));
    }

    /// <summary>How many sessions have a date in this time and are held.</summary>
    public async Task<long> HeldAsync(DateTimeOffset from, DateTimeOffset before, CancellationToken cancellation)
    {
        var held = 0L;
        if (!await catalogue.Holds.InForce().AnyAsync(cancellation)) { return held; }
        foreach (var state in RetentionDates.Kept) { held += await In(catalogue.Sessions.Where(s => s.State == state), from, before).Held(catalogue).LongCountAsync(cancellation); }
        return held;
    }

    /// <summary>Tracks with a date of their own that are there still, in sessions that are.</summary>
    private IQueryable<RecordedTrack> Tracks() => catalogue.Tracks.Where(t => t.PurgedAt == null && catalogue.Sessions.NotHeld(catalogue).Any(s => s.Id == t.Session
        && (s.State == SessionState.Recorded || s.State == SessionState.Partial || s.State == SessionState.Failed || s.State == SessionState.Lost)));

    private static IQueryable<RecordedSession> In(IQueryable<RecordedSession> sessions, DateTimeOffset? from, DateTimeOffset before) =>
        from is { } first ? sessions.Where(s => s.KeepUntil >= first && s.KeepUntil < before) : sessions.Where(s => s.KeepUntil < before);

    private static IQueryable<RecordedTrack> In(IQueryable<RecordedTrack> tracks, DateTimeOffset? from, DateTimeOffset before) =>
        from is { } first ? tracks.Where(t => t.KeepUntil >= first && t.KeepUntil < before) : tracks.Where(t => t.KeepUntil < before);

    private static IQueryable<RecordedSession> After(IQueryable<RecordedSession> sessions, DeletionPlace? after) =>
        after is null ? sessions : sessions.Where(s => s.KeepUntil > after.At || s.Id > after.Session);

    private static IQueryable<RecordedTrack> After(IQueryable<RecordedTrack> tracks, DeletionPlace? after) =>
        after is null ? tracks : tracks.Where(t => t.KeepUntil > after.At || t.Session > after.Session || (t.Session == after.Session && string.Compare(t.Name, after.Track ?? "") > 0));
}

/// <summary>What goes.</summary>
/// <param name="Track">The one track; null: what is left of the session.</param>
/// <param name="Size">Bytes.</param>
public sealed record Deletion(DateTimeOffset At, Guid Session, string? Track, long Size, DateTimeOffset CreatedAt, string Technician, int? Team, string? Label);

/// <summary>The last line of a page.</summary>
public sealed record DeletionPlace(DateTimeOffset At, Guid Session, string? Track);

/// <summary>How much goes on a day (since 1970-01-01, UTC).</summary>
/// <param name="Sessions">Whole ones, or what is left of them.</param>
/// <param name="Tracks">Tracks that go before the rest of their session.</param>
/// <param name="Size">Bytes.</param>
public sealed record DeletionDay(long Day, long Sessions, long Tracks, long Size);
