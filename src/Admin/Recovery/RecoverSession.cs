using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Opens one session with nothing but the bucket and the KEK, writes what is sound of it, and says of the rest what it is.</summary>
/// <param name="serverKeys">Thumbprints that may have countersigned; empty: nobody said which.</param>
/// <remarks>Source: FORMAT.md §7.</remarks>
internal sealed class RecoverSession(IObjectStore store, IKeyWrapper kek, FoundHistory history, IReadOnlyCollection<string> serverKeys, RecoverTrack write, TimeProvider clock)
{
    private const long ManifestLimit = 64 << 20;

    private readonly TrackReader _reader = new(store, kek);

    /// <param name="folder">An empty folder, which gets everything but the report.</param>
    /// <exception cref="ObjectStoreException">The store does not answer, or refuses an object.</exception>
    public async Task<SessionReport> RunAsync(StoredSession stored, string folder, CancellationToken cancellation)
    {
        var scene = new Scene(stored, new SessionFiles(folder));
        var objects = await FingerprintAsync(stored, cancellation);
        try
        {
            var consent = await AlteredAsync(() => _reader.ReadConsentAsync(stored.Id, cancellation));
            await ConsentAsync(scene, consent, cancellation);
            foreach (var track in stored.Tracks.Where(track => track != TrackName.Consent).OrderBy(track => track == TrackName.Thumbnails)) { await TrackAsync(scene, track, consent.Digest, cancellation); }
            scene.RequireOneRecorder();
            await EventsAsync(scene, cancellation);
        }
        catch (Exception closed) when (closed is TrackUnreadableException or TrackAlteredException)
        {
            var status = closed is TrackAlteredException ? TrackStatus.Altered : TrackStatus.Unreadable;
            scene.Refuse(TrackName.Consent, status, closed.Message);
            foreach (var track in stored.Tracks.Where(track => track != TrackName.Consent)) { scene.Refuse(track, TrackStatus.Unreadable, "Without the consent receipt nothing of this session opens."); }
        }

        var report = scene.Report(objects, clock.GetUtcNow(), history.TechnicianOf(stored.Id), serverKeys, await scene.Files.DescribeAsync(cancellation));
        await PrivateFiles.WriteAsync(Path.Combine(folder, SessionReport.TextName), Encoding.UTF8.GetBytes(RecoveryText.Of(report)), cancellation);
        await PrivateFiles.WriteAsync(Path.Combine(folder, SessionReport.FileName), JsonSerializer.SerializeToUtf8Bytes(report, RecoveryJson.Default.SessionReport), cancellation);
        return report;
    }

    /// <summary>Base64url digest over what can be seen of a session from outside: a recovery that is finished is compared with it. A rewrapped key changes nothing.</summary>
    public async Task<string> FingerprintAsync(StoredSession stored, CancellationToken cancellation)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var found in stored.Objects.Where(found => !found.Name.EndsWith($"/{TrackObjects.KeyFile}", StringComparison.Ordinal)))
        {
            var isManifest = found.Name.EndsWith($"/{TrackObjects.Manifest}", StringComparison.Ordinal);
            var content = isManifest && found.Size <= ManifestLimit ? await store.GetAsync(found.Name, ManifestLimit, cancellation) : null;
            digest.AppendData(Encoding.UTF8.GetBytes($"{found.Name} {found.Size} {(content is null ? "" : Convert.ToHexString(SHA256.HashData(content)))}\n"));
        }

        return Base64Url.EncodeToString(digest.GetHashAndReset());
    }

    private async Task ConsentAsync(Scene scene, ReadConsent consent, CancellationToken cancellation)
    {
        scene.Consent = consent.Receipt;
        await OpenedAsync(scene, TrackName.Consent, default, async (track, looked) =>
        {
            if (looked.Findings.Count > 0) { track.CutBefore(looked.Sound); }
            scene.Receipts = await RecoverReceipts.RunAsync(track, scene.Files, cancellation);
            var findings = scene.Receipts.Select(receipt => receipt.Finding).OfType<string>().ToList();
            findings.AddRange(scene.Receipts.Where(receipt => receipt.ServerKey is { } key && key != scene.ServerKey).Select(receipt => $"{receipt.File} is countersigned with another key than the first receipt."));
            if (serverKeys.Count > 0 && scene.ServerKey is { } signer && !serverKeys.Contains(signer)) { findings.Add($"The receipt is countersigned with the key {signer}, which is none that --server-key names."); }
            return findings;
        }, cancellation);
    }

    private Task TrackAsync(Scene scene, TrackName name, byte[] consent, CancellationToken cancellation) => OpenedAsync(scene, name, consent, async (track, looked) =>
    {
        if (name == TrackName.Thumbnails && !scene.HasWholeVideo) { await RecoverTrack.WriteThumbnailsAsync(track, scene.Files, cancellation); }
        return [];
    }, cancellation);

    private async Task OpenedAsync(Scene scene, TrackName name, ReadOnlyMemory<byte> consent, Func<OpenTrack, ReadAhead, Task<List<string>>> more, CancellationToken cancellation)
    {
        try
        {
            using var track = await AlteredAsync(() => _reader.OpenAsync(scene.Stored.Id, name, consent, signers: null, scene.Stored.FoundSegments(name), cancellation));
            var notes = new List<string>();
            var looked = await write.RunAsync(track, scene.Files, notes, cancellation);
            var altered = await more(track, looked);
            var manifest = track.Manifest is null ? null : await store.GetAsync(TrackObjects.NameOf(scene.Stored.Id, name, TrackObjects.Manifest), ManifestLimit, cancellation);
            scene.Take(track, looked, altered, notes, manifest);
        }
        catch (Exception refused) when (refused is TrackUnreadableException or TrackAlteredException)
        {
            scene.Refuse(name, refused is TrackAlteredException ? TrackStatus.Altered : TrackStatus.Unreadable, refused.Message);
        }
    }

    /// <summary>What the audit trail says that happened; what the recorder wrote of it is a track of its own.</summary>
    private async Task EventsAsync(Scene scene, CancellationToken cancellation)
    {
        if (scene.StartedAt is not { } zero || history.EventsOf(scene.Stored.Id, zero) is not { Count: > 0 } events) { return; }

        var name = File.Exists(scene.Files.PathOf("events.json")) ? "events-of-audit-trail.json" : "events.json";
        await scene.Files.WriteAsync(name, JsonSerializer.SerializeToUtf8Bytes(events, EventsJson.Default.IReadOnlyListSessionEvent), cancellation);
    }

    /// <summary>An object that is too large to be one of the format's is no fault of the store.</summary>
    private static async Task<T> AlteredAsync<T>(Func<Task<T>> open)
    {
        try
        {
            return await open();
        }
        catch (ObjectStoreException larger) when (larger.Fault == ObjectStoreFault.TooLarge)
        {
            throw new TrackAlteredException(larger.Message, larger);
        }
    }

    /// <summary>What is known of the session so far.</summary>
    private sealed class Scene(StoredSession stored, SessionFiles files)
    {
        private readonly List<TrackReport> _tracks = [];
        private readonly List<string> _findings = [];
        private DateTimeOffset? _endedAt;
        private string? _region;

        public StoredSession Stored => stored;
        public SessionFiles Files => files;
        public ConsentReceipt? Consent { get; set; }
        public IReadOnlyList<ReceiptReport> Receipts { get; set; } = [];
        public DateTimeOffset? StartedAt { get; private set; }

        /// <summary>Who countersigned the receipt that opened the session.</summary>
        public string? ServerKey => Receipts is [var opening, ..] ? opening.ServerKey : null;

        public bool HasWholeVideo => _tracks.Exists(track => track.Track == TrackName.Video.Value && track.Status == RecoveryStatus.Verified);

        public void Refuse(TrackName name, TrackStatus status, string why)
        {
            if (_tracks.Exists(track => track.Track == name.Value)) { return; }
            _tracks.Add(new(name.Value, RecoveryStatus.Of(status), null, null, null, null, stored.SegmentsOf(name).Count(), 0, 0, null, null, [], [why]));
        }

        public void Take(OpenTrack track, ReadAhead looked, List<string> altered, List<string> notes, byte[]? content)
        {
            var (manifest, signer) = (track.Manifest, track.Signer?.Thumbprint);
            if (manifest is { Writer: Manifest.ServerWriter } && signer != ServerKey) { altered.Add($"Its manifest is signed as the server's, with the key {signer}; the receipt is countersigned with another one."); }
            var findings = looked.Findings.Concat(altered).ToList();
            var status = findings.Count > 0 ? TrackStatus.Altered : manifest is null ? TrackStatus.Incomplete : TrackStatus.Verified;
            if (manifest is null) { findings.AddRange(Holes(track.Track, looked.Opened)); }
            if (looked.Findings.Count > 0) { findings.Add($"Of it, at most what comes before segment {looked.Sound} was written: the rest is not shown as if it were sound."); }

            if (manifest is not null && track.Track != TrackName.Consent) { (StartedAt, _endedAt, _region) = (StartedAt ?? manifest.StartedAt, _endedAt > manifest.EndedAt ? _endedAt : manifest.EndedAt, manifest.Region); }
            _tracks.Add(new(
                track.Track.Value, RecoveryStatus.Of(status), manifest?.MediaType, manifest?.Writer, signer, manifest?.End, manifest?.Segments.Count ?? looked.Opened + looked.Findings.Count, looked.Opened, looked.Size,
                manifest?.Chain, content is null ? null : Base64Url.EncodeToString(SHA256.HashData(content)), manifest?.Gaps ?? [], [.. findings, .. notes]));
        }

        /// <summary>A session has one recorder, with one key.</summary>
        public void RequireOneRecorder()
        {
            var signers = _tracks.Where(track => track.Writer == Manifest.RecorderWriter).Select(track => track.Signer).Distinct(StringComparer.Ordinal).ToList();
            if (signers.Count > 1) { _findings.Add($"Its tracks are signed with {signers.Count} recorder's keys ({string.Join(", ", signers)}); a session has one."); }
        }

        public SessionReport Report(string objects, DateTimeOffset now, string? technician, IReadOnlyCollection<string> pinned, IReadOnlyList<FileReport> described) => new(
            SessionReport.FormatName, stored.Id, RecoveryStatus.Worst([.. _tracks.Select(track => track.Status), .. _findings.Select(_ => RecoveryStatus.Altered)]), objects, now, StartedAt, _endedAt, _region,
            Consent?.Controller, technician, ServerKey, ServerKey is { } key && pinned.Contains(key), _findings, _tracks, Receipts, described);

        private IEnumerable<string> Holes(TrackName name, long opened)
        {
            yield return $"There is no manifest: {opened} segments open, and more may have been recorded. Nobody signed how many.";
            var found = stored.SegmentsOf(name).Select(segment => segment.Index).ToList();
            var first = found.TakeWhile((index, place) => index == place).Count();
            if (first < found.Count) { yield return $"Segment {first} is missing, although {found[^1]} is there: what follows the hole was not written."; }
        }
    }
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyList<SessionEvent>))]
internal sealed partial class EventsJson : System.Text.Json.Serialization.JsonSerializerContext;
