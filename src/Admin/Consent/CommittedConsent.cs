using System.Buffers.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>What of a consent track counts: the segments that the catalogue has.</summary>
internal static class CommittedConsent
{
    /// <summary>The committed segments of a session's consent track, the first one first.</summary>
    public static Task<List<ManifestSegment>> CommittedConsentAsync(this CatalogueDb catalogue, Guid session, CancellationToken cancellation) => catalogue.Commits.AsNoTracking()
        .Where(c => c.Session == session && c.Track == TrackName.Consent.Value).OrderBy(c => c.Index)
        .Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key)).ToListAsync(cancellation);

    /// <summary>Adds what was put; it counts once it is saved.</summary>
    /// <param name="session">With its tracks.</param>
    public static void CommitConsent(this CatalogueDb catalogue, RecordedSession session, WrittenConsent written)
    {
        var row = session.Tracks.FirstOrDefault(track => track.Name == TrackName.Consent.Value);
        if (row is null)
        {
            row = new() { Session = session.Id, Name = TrackName.Consent.Value, MediaType = ConsentTrack.MediaType, ExpiryKey = written.ExpiryKey };
            catalogue.Tracks.Add(row);
        }

        row.Segments = written.Added[^1].Index + 1;
        row.Size += written.Added.Sum(segment => segment.Size);
        row.Checkpoint = Base64Url.DecodeFromChars(written.Checkpoint);
        row.Chain = written.Chain;
        catalogue.Commits.AddRange(written.Added.Select(segment => new CommittedSegment
        {
            Session = session.Id,
            Track = TrackName.Consent.Value,
            Index = segment.Index,
            Size = segment.Size,
            Sha256 = segment.Sha256,
            Start = segment.Start,
            Duration = segment.Duration,
            Key = segment.Key,
        }));
    }
}
