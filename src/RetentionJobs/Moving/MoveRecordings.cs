using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.RetentionJobs.Moving;

/// <summary>Moves the stored recordings of a location to another one of the same region: copied sealed, read back, switched, and only then deleted in the old place, with a certificate.</summary>
/// <remarks>Killed at any point it goes on: a copy that is there is compared, a recording that was switched is deleted in its old place.</remarks>
public sealed partial class MoveRecordings(CatalogueDb catalogue, KnownLocations locations, CopyRecording copy, EmptyOldPlace empty, JobReport report, TimeProvider clock, ILogger<MoveRecordings> log) : IScheduledJob
{
    /// <summary>Recordings of one run: others want to be scheduled too.</summary>
    private const int Batch = 100;

    private static readonly SessionState[] Stored = [SessionState.Recorded, SessionState.Partial, SessionState.Failed, SessionState.Lost];

    public async Task RunAsync(CancellationToken cancellation)
    {
        await empty.RunAsync(cancellation);
        foreach (var move in await catalogue.LocationMoves.AsNoTracking().Where(m => m.EndedAt == null).OrderBy(m => m.At).ToListAsync(cancellation)) { await GoOnAsync(move, cancellation); }
    }

    /// <summary>Why recordings cannot go from one location to the other; null: they can.</summary>
    public static string? Refusal(Location from, Location to) => from.Name == to.Name ? "They lie there already. Choose another location."
        : from.Region != to.Region ? $"'{from.Name}' lies in {from.Region}, '{to.Name}' in {to.Region}: recordings never go to another region."
        : to.IsClosed ? $"'{to.Name}' is closed: nothing new goes there." : null;

    private async Task GoOnAsync(LocationMove move, CancellationToken cancellation)
    {
        var (from, to) = (locations.Of(move.From), locations.Of(move.To));
        if (Refusal(from, to) is { } refusal) { throw new InvalidOperationException(refusal); }

        var settled = clock.GetUtcNow() - PurgeSteps.AddressesAreDead;
        var here = catalogue.Sessions.AsNoTracking().Where(s => s.Location == from.Name && Stored.Contains(s.State) && s.EndedAt < settled);
        var left = move.After is { } after ? here.Where(s => s.Id > after) : here;
        var sessions = await left.OrderBy(s => s.Id).Select(s => s.Id).Take(Batch).ToListAsync(cancellation);
        foreach (var (index, session) in sessions.Index())
        {
            report.Progress(index, sessions.Count);
            var moved = false;
            try
            {
                moved = await copy.RunAsync(session, from, to, cancellation);
                report.Did("recording", moved ? "moved" : "not moved now", 1);
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                report.Failed("recording", "not moved yet", failed);
                NotMoved(log, session, failed);
            }

            await RememberAsync(move.Id, row => (row.After, row.Moved) = (session, row.Moved + (moved ? 1 : 0)), cancellation);
        }

        if (sessions.Count == Batch) { return; }
        if (await here.AnyAsync(cancellation)) { await RememberAsync(move.Id, row => row.After = null, cancellation); } // what failed, or was busy, is tried again from the beginning
        else { await RememberAsync(move.Id, row => row.EndedAt = clock.GetUtcNow(), cancellation); }
    }

    private async Task RememberAsync(Guid move, Action<LocationMove> change, CancellationToken cancellation)
    {
        catalogue.ChangeTracker.Clear();
        change(await catalogue.LocationMoves.SingleAsync(m => m.Id == move, cancellation));
        await catalogue.SaveChangesAsync(cancellation);
    }

    [LoggerMessage(3421, LogLevel.Error, "Session {Session} could not be moved yet")]
    private static partial void NotMoved(ILogger log, Guid session, Exception failed);
}
