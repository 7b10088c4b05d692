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

    /// <summary>Whether at least one hold keeps this session now.</summary>
    public static Task<bool> IsHeldAsync(this CatalogueDb catalogue, Guid session, CancellationToken cancellation) =>
        catalogue.Sessions.Where(s => s.Id == session).Held(catalogue).AnyAsync(cancellation);
}
