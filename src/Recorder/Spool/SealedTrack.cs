using System.Text;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Spool;

/// <summary>One track of the session while it is written: seals what it is given and hands it to the spool. One writer at a time.</summary>
internal sealed class SealedTrack(SessionSpool spool, TrackName name, ReadOnlyMemory<byte> consentDigest, KekPublicKey kek, SigningKey signer) : IDisposable
{
    private TrackWriter? _writer;

    /// <summary><see langword="null"/>: nothing was written.</summary>
    public TrackSpool? Spooled { get; private set; }

    /// <summary>Bytes sealed so far.</summary>
    public long Size { get; private set; }

    /// <summary>Begins the track with its initialization, if its media type has one.</summary>
    public void Begin(string mediaType, DateTimeOffset startedAt, ReadOnlySpan<byte> initialization)
    {
        _writer = new(spool.Id, name, consentDigest.Span, kek, signer);
        Spooled = spool.BeginTrack(name.Value, mediaType, startedAt, _writer.KeyFile);
        if (!initialization.IsEmpty) { Write(initialization, 0, 0, key: true); }
    }

    /// <summary>Seals a segment. The plaintext is the caller's to zero.</summary>
    public void Write(ReadOnlySpan<byte> plaintext, double start, double duration, bool key)
    {
        var segment = _writer!.Seal(plaintext, start, duration, key);
        Size += segment.Content.Length;
        spool.Add(Spooled!, segment);
    }

    /// <summary>Signs the manifest over the segments that the spool still knows, and hands it over too.</summary>
    public void Finish(DateTimeOffset endedAt, string end, IReadOnlyList<Gap> gaps)
    {
        if (Spooled is not { Segments.Count: > 0 }) { return; }

        var manifest = Manifest.Of(
            spool.Id, name, Manifest.RecorderWriter, spool.Region, Spooled.MediaType, consentDigest.Span, Spooled.StartedAt, endedAt, end, Spooled.Segments, gaps);
        spool.AddManifest(Spooled, Encoding.ASCII.GetBytes(manifest.Sign(signer)));
    }

    public void Dispose() => _writer?.Dispose();
}
