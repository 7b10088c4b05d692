using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Live;

/// <summary>The sessions that live on this server. After a restart they are read from the catalogue, and pages and recorders come back.</summary>
internal sealed class LiveSessions(IDbContextFactory<CatalogueDb> catalogues, TimeProvider clock)
{
    private static readonly SessionState[] Open = [SessionState.Invited, SessionState.AwaitingConsent, SessionState.Ready, SessionState.Recording, SessionState.Paused, SessionState.Ending];
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<Guid, LiveSession> _sessions = new();

    public IEnumerable<LiveSession> All => _sessions.Values;

    public LiveSession Of(Guid session) => _sessions.GetOrAdd(session, static (id, clock) => new LiveSession(id, clock), clock);

    /// <summary>Where a session stands.</summary>
    public async Task<Standing> StandingAsync(LiveSession session, CancellationToken cancellation)
    {
        if (session.Standing is { } known) { return known; }

        await session.Changing.WaitAsync(cancellation); // a change in between would be overwritten by what was read before it
        try
        {
            await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
            return session.Standing ?? session.Know(Standing.Of(await catalogue.Sessions.AsNoTracking().Include(s => s.Participants).SingleAsync(s => s.Id == session.Id, cancellation)));
        }
        finally
        {
            session.Changing.Release();
        }
    }

    /// <summary>Somebody changed the session in the catalogue: what is known of it is read again, and its streams wake.</summary>
    public void Refresh(Guid session)
    {
        if (_sessions.TryGetValue(session, out var known)) { known.Take(null); }
    }

    /// <summary>Notices what jobs or another server changed in the catalogue.</summary>
    public async Task SyncAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var open = await catalogue.Sessions.AsNoTracking().Where(s => Open.Contains(s.State)).Select(s => new { s.Id, s.Version }).ToDictionaryAsync(s => s.Id, s => s.Version, cancellation);
        foreach (var session in All)
        {
            if (session.Standing is { IsOver: false } known && (!open.TryGetValue(session.Id, out var version) || version > known.Version)) { session.Take(null); }
        }

        foreach (var id in open.Keys) { Of(id); }

        foreach (var over in All.Where(s => s.Standing is { IsOver: true, IsDeleted: false }).Select(s => s.Id).Chunk(500))
        {
            foreach (var deleted in await catalogue.Sessions.AsNoTracking().Where(s => over.Contains(s.Id) && (s.State == SessionState.Purging || s.State == SessionState.Purged)).Select(s => s.Id).ToListAsync(cancellation)) { Refresh(deleted); }
        }
    }

    /// <summary>Reads the sessions that were alive when the server stopped.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();

        // It was the server that was away: recorders get their whole time to come back.
        await catalogue.Sessions.Where(s => Open.Contains(s.State) && s.RecorderJoinedAt != null)
            .ExecuteUpdateAsync(s => s.SetProperty(session => session.RecorderSeenAt, now), cancellation);
        await foreach (var session in catalogue.Sessions.AsNoTracking().Include(s => s.Participants).Where(s => Open.Contains(s.State)).AsAsyncEnumerable().WithCancellation(cancellation))
        {
            Of(session.Id).Take(Standing.Of(session));
        }
    }

    /// <summary>Forgets sessions that are over and that nobody looks at.</summary>
    public void Tidy()
    {
        foreach (var session in All.Where(s => s.Standing is not { IsOver: false } && s.Untouched > ForgottenAfter)) { _sessions.TryRemove(session.Id, out _); }
    }
}
