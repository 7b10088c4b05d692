using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Recovery;

/// <summary>Brings a session to its end and gives it the state that is true: from the recorder's manifests, or, where it never signed them, from its commits.</summary>
/// <remarks>Idempotent: killed at any point, it ends the same when it runs again. Manifests are in the bucket before the catalogue says so.</remarks>
public sealed class FinishSession(CatalogueDb catalogue, KnownLocations locations, SigningKey server, TimeProvider clock)
{
    private const long ManifestLimit = 64 << 20;

    /// <param name="end">How it ended, one of <see cref="TrackEnd"/>; <see cref="TrackEnd.Recovered"/> when the recorder never came back.</param>
    /// <param name="claimed">Tracks whose manifest the recorder says that it put.</param>
    public Task<Outcome> RunAsync(Guid session, string end, IReadOnlyCollection<string> claimed, CancellationToken cancellation) =>
        catalogue.ChangeAsync(() => FinishAsync(session, end, claimed, cancellation));

    private async Task<Outcome> FinishAsync(Guid session, string end, IReadOnlyCollection<string> claimed, CancellationToken cancellation)
    {
        var recorded = await catalogue.Sessions.Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == session, cancellation);
        if (recorded is null) { return new Outcome.NotFound(); }
        if (recorded.State is SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost or SessionState.Purging or SessionState.Purged) { return new Outcome.Finished(recorded.State, recorded.Detail); }
        if (recorded.ConsentDigest is null) { return new Outcome.Refused($"Session {session} has no consent: there is nothing to finish."); }

        var findings = new List<Finding>();
        foreach (var track in recorded.Tracks.Where(t => !IsServers(t) && !t.Finished))
        {
            var finding = await FinishTrackAsync(recorded, track, cancellation);
            if (finding is Finding.Recovered && claimed.Contains(track.Name)) { return new Outcome.Refused($"The manifest of track '{track.Name}' is not in the bucket."); }
            if (finding is Finding.Recovered recovered) { finding = await SignRecoveredAsync(recorded, track, recovered, cancellation); }
            findings.Add(finding);
        }

        foreach (var track in recorded.Tracks.Where(t => IsServers(t) && !t.Finished)) { await SignOwnAsync(recorded, new(track.Name), track.MediaType, end, cancellation); }
        var (state, detail) = Judge(recorded, findings, end);
        await SaveAsync(recorded, state, detail, end, cancellation);
        return new Outcome.Finished(state, detail);
    }

    /// <summary>Looks for the manifest, and where there is none for what the commits say is in the bucket.</summary>
    private async Task<Finding> FinishTrackAsync(RecordedSession session, RecordedTrack track, CancellationToken cancellation)
    {
        var name = new TrackName(track.Name);
        var committed = await CommittedAsync(session.Id, track.Name, cancellation);
        var bytes = await StoreOf(session).GetAsync(TrackObjects.NameOf(session.Id, name, TrackObjects.Manifest), ManifestLimit, cancellation);
        if (bytes is not null) { return JudgeManifest(session, name, bytes, committed); }

        var present = new Dictionary<long, long>();
        await foreach (var found in StoreOf(session).ListAsync(TrackObjects.Prefix(session.Id, name), startAfter: null, cancellation))
        {
            if (TrackObjects.TryParseSegment(found.Name, out var index)) { present[index] = found.Size; }
        }

        var whole = committed.TakeWhile(c => present.TryGetValue(c.Index, out var size) && size == c.Size).ToList();
        return new Finding.Recovered(whole, committed.Count - whole.Count);
    }

    private Finding JudgeManifest(RecordedSession session, TrackName track, byte[] bytes, List<ManifestSegment> committed)
    {
        try
        {
            var (manifest, signer) = Manifest.Verify(Encoding.ASCII.GetString(bytes), session.Id, track);
            var recorder = JsonSerializer.Deserialize(session.RecorderKey ?? "null", RecordingJson.Default.PublicSigningKey);
            if (signer.Thumbprint == server.Public.Thumbprint) { return new Finding.AlreadyRecovered(manifest); }
            if (signer.Thumbprint != recorder?.Thumbprint) { return new Finding.Altered($"the manifest of track '{track}' is signed by another key than its recorder's"); }
            return manifest.Segments.Count >= committed.Count && committed.SequenceEqual(manifest.Segments.Take(committed.Count))
                ? new Finding.Signed(manifest)
                : new Finding.Altered($"the manifest of track '{track}' does not list what its recorder committed");
        }
        catch (TrackAlteredException altered)
        {
            return new Finding.Altered($"the manifest of track '{track}' does not verify: {altered.Message}");
        }
    }

    private async Task<Finding> SignRecoveredAsync(RecordedSession session, RecordedTrack track, Finding.Recovered found, CancellationToken cancellation)
    {
        var name = new TrackName(track.Name);
        var manifest = Manifest.Of(
            session.Id, name, Manifest.ServerWriter, session.Region, track.MediaType, session.ConsentDigest, StartOf(session), clock.GetUtcNow(),
            TrackEnd.Recovered, found.Segments, track.ReadGaps());
        await StoreOf(session).PutOnceAsync(TrackObjects.NameOf(session.Id, name, TrackObjects.Manifest), Encoding.ASCII.GetBytes(manifest.Sign(server)), cancellation);
        track.Segments = found.Segments.Count;
        return found;
    }

    /// <summary>Tracks of which the server is the writer: their manifests are never recovered ones.</summary>
    private static bool IsServers(RecordedTrack track) => track.Name == TrackName.Consent.Value || track.Name == TrackName.Chat.Value;

    private async Task SignOwnAsync(RecordedSession session, TrackName track, string mediaType, string end, CancellationToken cancellation)
    {
        var segments = await CommittedAsync(session.Id, track.Value, cancellation);
        if (segments.Count == 0) { return; }

        var isConsent = track == TrackName.Consent;
        var gaps = isConsent ? [] : session.Tracks.FirstOrDefault(t => t.Name == TrackName.Video.Value)?.ReadGaps() ?? []; // what is not recorded of the screen is not of the chat
        var manifest = Manifest.Of(
            session.Id, track, Manifest.ServerWriter, session.Region, mediaType, isConsent ? [] : session.ConsentDigest, isConsent ? session.ConsentAt ?? StartOf(session) : StartOf(session),
            clock.GetUtcNow(), end == TrackEnd.Recovered ? TrackEnd.Ended : end, segments, gaps);
        await StoreOf(session).PutOnceAsync(TrackObjects.NameOf(session.Id, track, TrackObjects.Manifest), Encoding.ASCII.GetBytes(manifest.Sign(server)), cancellation);
    }

    private static (SessionState State, string? Detail) Judge(RecordedSession session, List<Finding> findings, string end)
    {
        var altered = findings.OfType<Finding.Altered>().Select(a => a.Why).ToList();
        var lost = findings.OfType<Finding.Recovered>().Sum(r => r.Lost);
        var recovered = findings.Exists(f => f is Finding.Recovered or Finding.AlreadyRecovered);
        var gaps = session.Tracks.Any(t => t.ReadGaps().Any(g => g.Reason == GapReason.Lost));
        var video = session.Tracks.FirstOrDefault(t => t.Name == TrackName.Video.Value);

        return 0 switch
        {
            _ when lost > 0 => (SessionState.Lost, $"{lost} committed segments are not in the bucket."),
            _ when altered.Count > 0 => (SessionState.Lost, $"Altered: {string.Join("; ", altered)}."),
            _ when video is not { Segments: > 1 } => (SessionState.Failed, session.RecorderJoinedAt is null ? "No recorder joined." : "The recorder stored no video."),
            _ when recovered => (SessionState.Partial, "The recorder did not finish: the server signed what it had committed."),
            _ when end is TrackEnd.ConnectionLost => (SessionState.Partial, "The recorded person's page was lost, and the recording ended."),
            _ when gaps => (SessionState.Partial, "A stretch was lost: see the gaps."),
            _ => (SessionState.Recorded, null),
        };
    }

    private async Task SaveAsync(RecordedSession session, SessionState state, string? detail, string end, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        foreach (var track in session.Tracks) { track.Finished = true; }
        session.State = state;
        session.Detail = detail;
        session.End ??= end;
        session.EndedAt ??= now;
        session.PausedBecause = null;
        session.SetDates(await catalogue.PolicyAsync(session.Policy, cancellation), now);
        session.Version++;
        catalogue.Audit.Add(new AuditRow
        {
            At = now,
            Actor = end == TrackEnd.Recovered ? "server" : "recorder",
            Action = "session.finish",
            Session = session.Id,
            Outcome = state == SessionState.Recorded ? "allowed" : "failed",
            Detail = detail ?? end,
        });

        await using var transaction = await catalogue.BeginWritingAsync(cancellation);
        await catalogue.SaveChangesAsync(cancellation);
        await catalogue.Commits.Where(c => c.Session == session.Id).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private IObjectStore StoreOf(RecordedSession session) => locations.Of(session.Location).Store;

    private DateTimeOffset StartOf(RecordedSession session) => session.StartedAt ?? session.ConsentAt ?? clock.GetUtcNow();

    private async Task<List<ManifestSegment>> CommittedAsync(Guid session, string track, CancellationToken cancellation) =>
        await catalogue.Commits.AsNoTracking()
            .Where(c => c.Session == session && c.Track == track)
            .OrderBy(c => c.Index)
            .Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key))
            .ToListAsync(cancellation);

    /// <summary>What came of it.</summary>
    public abstract record Outcome
    {
        private Outcome() { }
        public sealed record Finished(SessionState State, string? Detail) : Outcome;
        public sealed record Refused(string Why) : Outcome;
        public sealed record NotFound : Outcome;
    }

    private abstract record Finding
    {
        internal sealed record Signed(Manifest Manifest) : Finding;
        internal sealed record AlreadyRecovered(Manifest Manifest) : Finding;
        internal sealed record Recovered(IReadOnlyList<ManifestSegment> Segments, int Lost) : Finding;
        internal sealed record Altered(string Why) : Finding;
    }
}
