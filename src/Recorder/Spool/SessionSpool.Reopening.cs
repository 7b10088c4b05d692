using System.Buffers.Text;
using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Spool;

/// <summary>How a spool is found again after its recorder was killed.</summary>
internal sealed partial class SessionSpool
{
    /// <summary>Opens what a recorder left behind; <see langword="null"/>: another recorder is at it, or it was left before anything was captured (then the folder is removed).</summary>
    /// <param name="findings">What is missing or damaged, one sentence each.</param>
    public static SessionSpool? TryReopen(string folder, SpoolBudget budget, ICollection<string> findings)
    {
        Journal journal;
        try { journal = Journal.Open(folder); }
        catch (IOException) { return null; }

        var records = journal.Read().ToList();
        var tokenPath = Path.Combine(folder, TokenFile);
        if (records.FirstOrDefault()?.Session is not { } session || !File.Exists(tokenPath))
        {
            journal.Dispose();
            Directory.Delete(folder, recursive: true);
            return null;
        }

        var spool = new SessionSpool(folder, session, OwnerOnlyFile.Read(tokenPath, "recorder's token"), journal, budget);
        spool.Replay(records, findings);
        return spool;
    }

    private void Replay(List<JournalRecord> records, ICollection<string> findings)
    {
        foreach (var record in records)
        {
            if (record.Track is { } track) { _tracks.TryAdd(track.Name, new(track.Name, track.MediaType, track.StartedAt, Path.Combine(Folder, track.Name))); }
            if (record.Gap is { } gap) { _gaps.Add(gap); }
            if (record.End is { } end) { End = end; }
            if (record.Segment is { } segment && _tracks.TryGetValue(segment.Track, out var its) && segment.Entry.Index == its.Segments.Count)
            {
                its.Add(segment.Entry, segment.Checkpoint);
            }

            if (record.Committed is { } committed && _tracks.TryGetValue(committed.Track, out its)) { its.MarkCommitted(Math.Min(committed.Count, its.Segments.Count), 0, 0); }
        }

        foreach (var track in _tracks.Values) { Requeue(track, findings); }
        _queue.Writer.TryComplete();
    }

    /// <summary>Queues what is not acknowledged, up to the first file that is missing or not what was sealed.</summary>
    private void Requeue(TrackSpool track, ICollection<string> findings)
    {
        var key = Path.Combine(track.Folder, TrackObjects.KeyFile);
        track.KeyStored = !File.Exists(key);
        if (!track.KeyStored) { Wait(new(track, TrackObjects.KeyFile, key, new FileInfo(key).Length, null)); }

        var whole = true;
        foreach (var entry in track.Segments.Skip((int)track.Committed).ToList())
        {
            var path = Path.Combine(track.Folder, TrackObjects.SegmentName(entry.Index));
            if (!File.Exists(path) || Base64Url.EncodeToString(SHA256.HashData(File.ReadAllBytes(path))) != entry.Sha256)
            {
                if (End != TrackEnd.Withdrawn) { findings.Add($"Segment {entry.Index} of track '{track.Name}' of session {Id} is {(File.Exists(path) ? "damaged" : "missing")} in the spool: the track ends before it."); }
                track.DiscardFrom(entry.Index);
                whole = false;
                break;
            }

            Wait(new(track, TrackObjects.SegmentName(entry.Index), path, entry.Size, null));
        }

        var manifest = Path.Combine(track.Folder, TrackObjects.Manifest);
        track.HasManifest = End is not null && (whole || End == TrackEnd.Withdrawn) && File.Exists(manifest);
        if (track.HasManifest) { Wait(new(track, TrackObjects.Manifest, manifest, new FileInfo(manifest).Length, null)); }
    }
}
