using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.RetentionJobs.Moving;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Locations;

/// <summary>Begins to move all stored recordings of a location to another one of its region; the job does it.</summary>
internal sealed class StartMove(CatalogueDb catalogue, KnownLocations known, LocationGates gates, TimeProvider clock)
{
    /// <returns>Why not; null: it has begun.</returns>
    public async Task<string?> RunAsync(string actor, string? from, string? to, CancellationToken cancellation)
    {
        if (known.All.FirstOrDefault(location => location.Name == from) is not { } source) { return $"There is no location '{from}' that can be reached."; }
        if (known.All.FirstOrDefault(location => location.Name == to) is not { } target) { return $"There is no location '{to}' that can be reached."; }
        if (MoveRecordings.Refusal(source, target) is { } refusal)
        {
            await catalogue.RecordAsync(clock, actor, "location.move", null, AuditOutcome.Refused, $"{from} to {to}: {refusal}", cancellation);
            return refusal;
        }

        if (await gates.Of(target).RefusalAsync(cancellation) is { } notSafe) { return $"{target.Name}: {notSafe}"; }
        if (await catalogue.LocationMoves.AnyAsync(move => move.EndedAt == null && (move.From == from || move.To == from || move.From == to), cancellation)) { return "Recordings are moved from or to one of them already. Wait until that is over."; }

        var now = clock.GetUtcNow();
        catalogue.LocationMoves.Add(new() { Id = Guid.CreateVersion7(now), From = source.Name, To = target.Name, At = now, By = actor });
        catalogue.Record(clock, actor, "location.move", null, AuditOutcome.Allowed, $"{from} to {to}");
        await catalogue.SaveChangesAsync(cancellation);
        return null;
    }
}
