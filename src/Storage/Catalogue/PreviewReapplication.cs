using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>What <see cref="Reapplication"/> would make of the recordings that there are, asked of the database: nothing is changed. What is held, or due already, is left out.</summary>
public sealed class PreviewReapplication(CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>As a day: without a date.</summary>
    private const long Never = 10_000_000;

    /// <summary>Counts what would go earlier and what would be kept longer, part by part.</summary>
    /// <param name="wanted">The version, saved or not, with its rules.</param>
    /// <param name="team">Whose sessions; a policy of the organization is for those whose team has none of its own.</param>
    public async Task<IReadOnlyList<PartPreview>> CountAsync(RetentionPolicy wanted, int team, CancellationToken cancellation)
    {
        var found = new List<PartPreview>();
        foreach (var part in Enum.GetValues<RetentionPart>())
        {
            var counted = await (await MovedAsync(wanted.Of(part), team, cancellation)).GroupBy(m => m.Then < m.Now ? -1 : m.Then > m.Now ? 1 : 0).Select(group => new
            {
                Direction = group.Key,
                Count = group.Sum(m => m.Name == "thumbnails" ? 0 : 1),
                Size = group.Sum(m => m.Size),
                First = group.Min(m => m.Then),
                Last = group.Max(m => m.Then),
                OldestAt = group.Min(m => m.CreatedAt),
                NewestAt = group.Max(m => m.CreatedAt),
                AtOnce = group.Sum(m => m.Name != "thumbnails" && m.AtOnce ? 1 : 0),
                Promised = group.Sum(m => m.Name != "thumbnails" && m.Promised ? 1 : 0),
                AtMinimum = group.Sum(m => m.Name != "thumbnails" && m.AtMinimum ? 1 : 0),
            }).ToListAsync(cancellation);
            Moved? Of(int direction) => counted.Find(group => group.Direction == direction) is { } g
                ? new(g.Count, g.AtOnce, g.Size, Date(g.First), Date(g.Last), g.OldestAt, g.NewestAt) : null;
            found.Add(new(part, Of(-1), Of(1), counted.Sum(g => (long)g.Promised), counted.Sum(g => (long)g.AtMinimum)));
        }

        return found;
    }

    /// <summary>What would change, the oldest session first.</summary>
    /// <param name="after">Where the page before ended.</param>
    public async Task<IReadOnlyList<MovedTrack>> ListAsync(RetentionPolicy wanted, int team, (Guid Session, string Track)? after, int count, CancellationToken cancellation)
    {
        var found = new List<Row>();
        foreach (var part in Enum.GetValues<RetentionPart>())
        {
            var moved = (await MovedAsync(wanted.Of(part), team, cancellation)).Where(m => m.Then != m.Now && m.Name != "thumbnails");
            if (after is var (session, track)) { moved = moved.Where(m => m.Session > session || (m.Session == session && string.Compare(m.Name, track) > 0)); }
            found.AddRange(await moved.OrderBy(m => m.Session).ThenBy(m => m.Name).Take(count).ToListAsync(cancellation));
        }

        return [.. found.OrderBy(m => $"{m.Session}", StringComparer.Ordinal).ThenBy(m => m.Name, StringComparer.Ordinal).Take(count)
            .Select(m => new MovedTrack(m.Session, m.Name, m.CreatedAt, m.Technician, m.Team, m.Label, m.Size, Date(m.Now), Date(m.Then)))];
    }

    /// <summary>How many sessions a hold keeps as they are.</summary>
    public async Task<long> HeldAsync(int team, CancellationToken cancellation) => await catalogue.Holds.InForce().AnyAsync(cancellation)
        ? await catalogue.Sessions.GoingBy(team, await catalogue.TeamsWithTheirOwnAsync(cancellation)).Held(catalogue).LongCountAsync(cancellation) : 0;

    /// <summary>The tracks of one part with the last day on which they are kept, as it is and as it would be.</summary>
    private async Task<IQueryable<Row>> MovedAsync(RetentionRule wanted, int team, CancellationToken cancellation)
    {
        var (now, length) = (clock.GetUtcNow(), Reapplication.LengthOf(wanted));
        var today = RetentionDates.DayOf(now);
        var sessions = catalogue.Sessions.GoingBy(team, await catalogue.TeamsWithTheirOwnAsync(cancellation)).NotHeld(catalogue).Where(s => s.KeepUntil == null || s.KeepUntil > now);
        var (part, ofPart) = (wanted.Part, OfPart(wanted.Part));
        var joined =
            from track in catalogue.Tracks.Where(ofPart)
            join session in sessions on track.Session equals session.Id
            join shown in catalogue.Set<RetentionRule>().Where(rule => rule.Part == part) on session.Policy equals (int?)shown.Policy into rules
            from rule in rules.DefaultIfEmpty()
            where track.PurgeBeganAt == null && (track.KeepUntil == null || track.KeepUntil > now)
            select new { track, session, rule };
        var lengths =
            from j in joined
            let until = j.track.KeepUntil ?? j.session.KeepUntil
            let current = until == null ? Never : RetentionDates.DayOf(until.Value)
            let hasRule = j.rule != null && j.session.ShownDay != null
            let start = hasRule ? (long)j.session.ShownDay!.Value : RetentionDates.DayOf(j.session.CreatedAt)
            let promise = !hasRule ? (until == null ? Reapplication.Forever : current - start) : j.rule.Keep == RetentionKind.Indefinite ? Reapplication.Forever : j.rule.Keep == RetentionKind.Days ? (long)j.rule.Days!.Value : 0
            let least = !hasRule || j.rule.MinimumDays == null ? 0 : j.rule.MinimumDays!.Value < promise ? (long)j.rule.MinimumDays!.Value : promise
            let days = length > promise ? promise : length < least ? least : length
            select new { j.track, j.session, current, start, days };
        return lengths.Select(l => new Row
        {
            Session = l.session.Id, Name = l.track.Name, CreatedAt = l.session.CreatedAt, Technician = l.session.Technician, Team = l.session.Team, Label = l.session.Label, Size = l.track.Size, Now = l.current,
            Then = l.days >= Reapplication.Forever ? Never : l.days == 0 ? RetentionDates.DayOf(l.session.EndedAt ?? l.session.CreatedAt) : l.start + l.days,
            Promised = length > l.days, AtMinimum = length < l.days, AtOnce = l.days == 0 || l.start + l.days < today,
        });
    }

    private static Expression<Func<RecordedTrack, bool>> OfPart(RetentionPart part) => part switch
    {
        RetentionPart.Screen => track => track.Name == "video" || track.Name == "thumbnails",
        RetentionPart.Chat => track => track.Name == "chat",
        _ => track => track.Name == "events",
    };

    private static DateTimeOffset? Date(long day) => day >= Never ? null : RetentionDates.EndOf(day);

    private sealed class Row
    {
        public required Guid Session { get; init; }
        public required string Name { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required string Technician { get; init; }
        public required int? Team { get; init; }
        public required string? Label { get; init; }
        public required long Size { get; init; }
        public required long Now { get; init; }
        public required long Then { get; init; }
        public required bool Promised { get; init; }
        public required bool AtMinimum { get; init; }
        public required bool AtOnce { get; init; }
    }
}

/// <summary>What would become of one part of the recordings.</summary>
/// <param name="Promised">Recordings that would be kept longer than their notice showed, and are not.</param>
/// <param name="AtMinimum">Recordings that would go before the least number of days of their version, and do not.</param>
public sealed record PartPreview(RetentionPart Part, Moved? Earlier, Moved? Later, long Promised, long AtMinimum);

/// <summary>Recordings that would get another date.</summary>
/// <param name="AtOnce">Of them those that would be due at once.</param>
/// <param name="First">The earliest of the new dates; null: none has one.</param>
/// <param name="Last">The latest of them; null: at least one has none.</param>
/// <param name="OldestAt">When the oldest of them was started.</param>
public sealed record Moved(long Count, long AtOnce, long Size, DateTimeOffset? First, DateTimeOffset? Last, DateTimeOffset OldestAt, DateTimeOffset NewestAt);

/// <summary>A track that would get another date; null: without one.</summary>
public sealed record MovedTrack(Guid Session, string Track, DateTimeOffset CreatedAt, string Technician, int? Team, string? Label, long Size, DateTimeOffset? Now, DateTimeOffset? Then);
