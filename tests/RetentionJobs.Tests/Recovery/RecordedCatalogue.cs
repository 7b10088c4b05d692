using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Recovery;

/// <summary>A catalogue (SQLite) that knows one written session as the server does while it is recorded.</summary>
internal sealed class RecordedCatalogue : IDisposable
{
    private readonly SqliteConnection connection = new("Data Source=:memory:");

    public RecordedCatalogue()
    {
        connection.Open();
        using var catalogue = Open();
        catalogue.Database.EnsureCreated();
    }

    public CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite(connection).Options);

    /// <summary>Adds the session as it stands while it is recorded: consent given, recorder joined.</summary>
    public async Task AddAsync(WrittenSession written, DateTimeOffset now, SessionState state = SessionState.Recording, bool recorderJoined = true)
    {
        await using var catalogue = Open();
        catalogue.Sessions.Add(new()
        {
            Id = written.Id,
            Technician = "tina",
            CreatedAt = now,
            CodeExpiresAt = now.AddMinutes(10),
            Region = WrittenSession.Region,
            State = state,
            ConsentDigest = written.ConsentDigest,
            ConsentAt = now,
            StartedAt = now,
            RecorderJoinedAt = recorderJoined ? now : null,
            RecorderSeenAt = recorderJoined ? now : null,
            RecorderKey = JsonSerializer.Serialize(written.RecorderKey.Public, RecordingJson.Default.PublicSigningKey),
        });
        await catalogue.SaveChangesAsync();
        await CommitAsync(written, TrackName.Consent, written.ConsentSegments);
    }

    /// <summary>Commits these segments of a track.</summary>
    public async Task CommitAsync(WrittenSession written, TrackName track, IReadOnlyList<ManifestSegment> segments, params Gap[] gaps)
    {
        await using var catalogue = Open();
        var row = new RecordedTrack { Session = written.Id, Name = track.Value, MediaType = "video/mp4; codecs=\"avc1.640028\"", Segments = segments.Count };
        row.WriteGaps(gaps);
        catalogue.Tracks.Add(row);
        catalogue.Commits.AddRange(segments.Select(s => new CommittedSegment
        {
            Session = written.Id, Track = track.Value, Index = s.Index, Size = s.Size, Sha256 = s.Sha256, Start = s.Start, Duration = s.Duration, Key = s.Key,
        }));
        await catalogue.SaveChangesAsync();
    }

    /// <summary>Changes the session's row.</summary>
    public async Task ChangeAsync(Guid session, Action<RecordedSession> change)
    {
        await using var catalogue = Open();
        change(await catalogue.Sessions.SingleAsync(s => s.Id == session));
        await catalogue.SaveChangesAsync();
    }

    public async Task<RecordedSession> ReadAsync(Guid session)
    {
        await using var catalogue = Open();
        return await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == session);
    }

    public async Task<int> CommitsAsync()
    {
        await using var catalogue = Open();
        return await catalogue.Commits.CountAsync();
    }

    public void Dispose() => connection.Dispose();
}
