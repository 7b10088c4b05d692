using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Which sessions a legal hold keeps, and which it does not: what is asked before anything of a session is deleted. All of it is answered by the database.</summary>
public static class HeldSessions
{
    /// <summary>Holds that were not lifted.</summary>
    public static IQueryable<LegalHold> InForce(this IQueryable<LegalHold> holds) => holds.Where(h => h.LiftedAt == null);

    /// <summary>Those that no hold keeps.</summary>
    public static IQueryable<RecordedSession> NotHeld(this IQueryable<RecordedSession> sessions, CatalogueDb catalogue) => sessions.Where(s => !catalogue.Holds.Any(h => h.LiftedAt == null
        && (h.Session == null || h.Session == s.Id) && (h.Team == null || h.Team == s.Team) && (h.Label == null || h.Label == s.Label)
        && (h.From == null || h.From <= s.CreatedAt) && (h.Until == null || h.Until > s.CreatedAt)));

    /// <summary>Those that at least one hold keeps.</summary>
    public static IQueryable<RecordedSession> Held(this IQueryable<RecordedSession> sessions, CatalogueDb catalogue) => sessions.Where(s => catalogue.Holds.Any(h => h.LiftedAt == null
        && (h.Session == null || h.Session == s.Id) && (h.Team == null || h.Team == s.Team) && (h.Label == null || h.Label == s.Label)
        && (h.From == null || h.From <= s.CreatedAt) && (h.Until == null || h.Until > s.CreatedAt)));

    /// <summary>Those to which all that this hold names applies, whether it is in force or not.</summary>
    public static IQueryable<RecordedSession> CoveredBy(this IQueryable<RecordedSession> sessions, LegalHold hold)
    {
        if (hold.Session is { } one) { return sessions.Where(s => s.Id == one); }

        if (hold.Team is { } team) { sessions = sessions.Where(s => s.Team == team); }
        if (hold.Label is { } label) { sessions = sessions.Where(s => s.Label == label); }
        if (hold.From is { } from) { sessions = sessions.Where(s => s.CreatedAt >= from); }
        if (hold.Until is { } until) { sessions = sessions.Where(s => s.CreatedAt < until); }
        return sessions;
    }

    /// <summary>The holds that keep this session, the first one first.</summary>
    public static IQueryable<LegalHold> HoldsOf(this CatalogueDb catalogue, RecordedSession session) => catalogue.Holds.InForce()
        .Where(h => (h.Session == null || h.Session == session.Id) && (h.Team == null || h.Team == session.Team) && (h.Label == null || h.Label == session.Label)
            && (h.From == null || h.From <= session.CreatedAt) && (h.Until == null || h.Until > session.CreatedAt))
        .OrderBy(h => h.PlacedAt);

    /// <summary>What the holds in force name, for who looks at many sessions: there are few holds, and their reasons stay sealed.</summary>
    public static async Task<IReadOnlyList<HoldScope>> HoldScopesAsync(this CatalogueDb catalogue, CancellationToken cancellation) =>
        await catalogue.Holds.AsNoTracking().InForce().Select(h => new HoldScope(h.Session, h.Team, h.Label, h.From, h.Until)).ToListAsync(cancellation);

    /// <summary>Whether at least one hold keeps this session now.</summary>
    public static Task<bool> IsHeldAsync(this CatalogueDb catalogue, Guid session, CancellationToken cancellation) =>
        catalogue.Sessions.Where(s => s.Id == session).Held(catalogue).AnyAsync(cancellation);
}

/// <summary>What a hold names, to compare with a session in memory as <see cref="HeldSessions"/> does in the database.</summary>
public sealed record HoldScope(Guid? Session, int? Team, string? Label, DateTimeOffset? From, DateTimeOffset? Until)
{
    public bool Covers(Guid session, int? team, string? label, DateTimeOffset createdAt) =>
        (Session is null || Session == session) && (Team is null || Team == team) && (Label is null || Label == label) && (From is null || From <= createdAt) && (Until is null || Until > createdAt);
}
