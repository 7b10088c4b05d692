using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Verification;

/// <summary>Reads every object of a session back from the bucket and says, track by track, whether it is what was signed.</summary>
public sealed class VerifyRecording(CatalogueDb catalogue, KnownLocations locations, TrackSigners signers)
{
    public async Task<Outcome> RunAsync(Guid session, CancellationToken cancellation)
    {
        var recorded = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == session, cancellation);
        if (recorded is null) { return new Outcome.NotFound(); }

        ReadConsent consent;
        try
        {
            consent = await locations.Of(recorded.Location).Reader.ReadConsentAsync(session, cancellation);
        }
        catch (Exception refused) when (refused is TrackUnreadableException or TrackAlteredException)
        {
            var status = refused is TrackAlteredException ? TrackStatus.Altered : TrackStatus.Unreadable;
            return new Outcome.Verified(recorded.State, [new(TrackName.Consent, status, 0, 0, [refused.Message])]);
        }

        var tracks = new List<TrackVerification>();
        await foreach (var name in TracksOfAsync(recorded, cancellation))
        {
            tracks.Add(await VerifyAsync(recorded, name, name == TrackName.Consent ? default : consent.Digest, cancellation));
        }

        return new Outcome.Verified(recorded.State, tracks);
    }

    private async Task<TrackVerification> VerifyAsync(RecordedSession recorded, TrackName name, ReadOnlyMemory<byte> consent, CancellationToken cancellation)
    {
        try
        {
            var committed = await catalogue.Commits.AsNoTracking()
                .Where(c => c.Session == recorded.Id && c.Track == name.Value).OrderBy(c => c.Index)
                .Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key)).ToListAsync(cancellation);
            using var track = await locations.Of(recorded.Location).Reader.OpenAsync(recorded.Id, name, consent, signers.Of(recorded), committed, cancellation);
            var verified = await track.VerifyAsync(progress: null, cancellation);
            if (name != TrackName.Consent || verified.Status is TrackStatus.Altered) { return verified; }

            var findings = await ReceiptFindingsAsync(track, cancellation);
            return findings.Count == 0 ? verified : verified with { Status = TrackStatus.Altered, Findings = findings };
        }
        catch (TrackUnreadableException unreadable)
        {
            return new(name, TrackStatus.Unreadable, 0, 0, [unreadable.Message]);
        }
        catch (TrackAlteredException altered)
        {
            return new(name, TrackStatus.Altered, 0, 0, [altered.Message]);
        }
    }

    /// <summary>Every participant's receipt and its countersignature, not only those that opened the session.</summary>
    /// <remarks>Source: FORMAT.md §7.</remarks>
    private async Task<IReadOnlyList<string>> ReceiptFindingsAsync(OpenTrack track, CancellationToken cancellation)
    {
        var findings = new List<string>();
        await foreach (var stored in ReadReceipts.RunAsync(track, cancellation))
        {
            if (stored.Defect is { } defect) { findings.Add(defect); }
            else if (!signers.Servers.Contains(stored.Verified!.Signer.Thumbprint)) { findings.Add($"The receipt of participant '{stored.Verified.Receipt.Participant}' is countersigned by another server."); }
        }

        return findings;
    }

    private async IAsyncEnumerable<TrackName> TracksOfAsync(RecordedSession recorded, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        // From the bucket, not the catalogue: a track that the catalogue does not know is looked at too.
        var prefix = TrackObjects.Prefix(recorded.Id);
        string? last = null;
        await foreach (var found in locations.Of(recorded.Location).Store.ListAsync(prefix, startAfter: null, cancellation))
        {
            var track = found.Name[prefix.Length..].Split('/')[0];
            if (track != last && TrackName.IsValid(track) && !ExportTrack.IsOne(track)) { yield return new TrackName(last = track); }
        }
    }

    /// <summary>What was found.</summary>
    public abstract record Outcome
    {
        private Outcome() { }
        public sealed record Verified(SessionState State, IReadOnlyList<TrackVerification> Tracks) : Outcome
        {
            public bool IsWhole => Tracks.Any(t => t.Track == TrackName.Video) && Tracks.All(t => t.Status == TrackStatus.Verified);
        }

        public sealed record NotFound : Outcome;
    }
}
