using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Purge;

/// <summary>The purge, put together as the server does, on a catalogue and a store of a test's own.</summary>
internal static class PurgeScene
{
    private static readonly Lazy<LocalKeyFile> Kek = new(() =>
    {
        var path = Path.Combine(Path.GetTempPath(), $"purge-kek-{Guid.NewGuid():N}.pem");
        OwnerOnlyFile.Create(path, WrittenSession.SharedKek);
        try { return LocalKeyFile.Open(path); }
        finally { File.Delete(path); }
    });

    public static PurgeSteps Steps(CatalogueDb catalogue, IObjectStore store, SigningKey server, TimeProvider clock) =>
        new(catalogue, new PurgeObjects(catalogue, clock), new KnownLocations(new(Location.Main, WrittenSession.Region, store, Kek.Value, null)), server, clock);

    public static PurgeSession Session(CatalogueDb catalogue, IObjectStore store, SigningKey server, TimeProvider clock) => new(catalogue, Steps(catalogue, store, server, clock), clock);

    public static PurgeTrack Track(CatalogueDb catalogue, IObjectStore store, SigningKey server, TimeProvider clock) => new(catalogue, Steps(catalogue, store, server, clock), clock);

    public static PurgeExpired Job(CatalogueDb catalogue, IObjectStore store, SigningKey server, TimeProvider clock) =>
        new(catalogue, Session(catalogue, store, server, clock), Track(catalogue, store, server, clock), new(), clock, NullLogger<PurgeExpired>.Instance);

    /// <summary>A hold as an admin places it.</summary>
    public static LegalHold Hold(DateTimeOffset now, Guid? session = null, int? team = null, string? label = null, DateTimeOffset? from = null, DateTimeOffset? until = null) => new()
    {
        Id = Guid.CreateVersion7(now), Session = session, Team = team, Label = label, From = from, Until = until,
        Owner = "ada", PlacedBy = "ada", PlacedAt = now, ReviewAt = now.AddDays(30), Reason = "Case 12",
    };
}
