using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>What runs and what waits, as numbers: no session, and nobody, is named.</summary>
internal sealed class WorkPart(CatalogueDb catalogue, TimeProvider clock) : IServerPart
{
    /// <summary>Nothing that is expired survives a day; a purge that waits so long does not get on.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

    private static readonly SessionState[] Whole = [SessionState.Recorded, SessionState.Partial, SessionState.Failed, SessionState.Lost];

    public string Name => "Recordings and work";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var states = await catalogue.Sessions.AsNoTracking()
            .Where(session => session.State == SessionState.Recording || session.State == SessionState.Paused || session.State == SessionState.Ending || session.State == SessionState.Ready)
            .GroupBy(session => session.State).Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancellation);
        int In(SessionState state) => states.SingleOrDefault(one => one.Key == state)?.Count ?? 0;

        var over = catalogue.Sessions.AsNoTracking().Where(session => session.KeepUntil < now && Whole.Contains(session.State));
        var expired = over.NotHeld(catalogue);
        var held = await over.Held(catalogue).CountAsync(cancellation);
        var open = catalogue.Purges.AsNoTracking().Where(purge => purge.EndedAt == null);
        var locked = open.Where(purge => purge.Locked > 0 && purge.HeldSince == null);
        var stuck = await open.Where(purge => purge.Locked == 0 && purge.HeldSince == null).MinAsync(purge => (DateTimeOffset?)purge.BeganAt, cancellation);
        var unlocked = await locked.MinAsync(purge => purge.LockedUntil, cancellation);
        var begun = await catalogue.Sessions.CountAsync(session => session.State == SessionState.Purging, cancellation);
        var due = await expired.CountAsync(cancellation);
        var oldest = await expired.MinAsync(session => (DateTimeOffset?)session.KeepUntil, cancellation);
        var exports = await catalogue.Exports.AsNoTracking().Where(export => export.State == ExportState.Approved || export.State == ExportState.Building).GroupBy(export => export.State).Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancellation);
        int Exports(ExportState state) => exports.SingleOrDefault(one => one.Key == state)?.Count ?? 0;

        List<(string, string)> facts =
        [
            ("Recording now", $"{In(SessionState.Recording)}"), ("Paused", $"{In(SessionState.Paused)}"), ("Waiting for a recorder", $"{In(SessionState.Ready)}"), ("Storing the rest", $"{In(SessionState.Ending)}"),
            ("Exports waiting", $"{Exports(ExportState.Approved)}"), ("Exports being built", $"{Exports(ExportState.Building)}"),
            ("To be deleted now", $"{due}"), ("Being deleted", $"{begun}"),
            ("Kept by a legal hold beyond their date", $"{held}"), ("Deletions that the bucket’s Object Lock holds up", $"{await locked.CountAsync(cancellation)}"),
        ];
        if (oldest is { } since) { facts.Add(("The first of them since", Words.Time(since.ToUnixTimeMilliseconds()))); }
        if (unlocked is { } ends) { facts.Add(("The first lock ends", Words.Time(ends.ToUnixTimeMilliseconds()))); }
        return now - oldest > Late || now - stuck > Late
            ? PartHealth.Of(Name, PartState.Broken, "What has expired is not deleted. The reason is in the server's log.", [.. facts])
            : PartHealth.Of(Name, PartState.Fine, "Nothing waits for longer than it should.", [.. facts]);
    }
}
