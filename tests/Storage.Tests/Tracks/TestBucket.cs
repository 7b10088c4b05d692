using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

/// <summary>A folder that mirrors a bucket with one recorded session, as server and recorder write it.</summary>
internal sealed class TestBucket : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 7, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bucket");
    private readonly KekPublicKey _kek;

    public TestBucket(KekPublicKey kek, Guid session)
    {
        _kek = kek;
        Session = session;
        Consent = new(session);
        Write(TrackName.Consent, [], Consent.Server, Manifest.ServerWriter, "application/jose", [System.Text.Encoding.ASCII.GetBytes(Consent.Receipt), System.Text.Encoding.ASCII.GetBytes(Consent.Countersignature)]);
        Write(TrackName.Video, Consent.Digest, Recorder, Manifest.RecorderWriter, "video/mp4; codecs=\"avc1.64001F\"", Video);
        Write(TrackName.Thumbnails, Consent.Digest, Recorder, Manifest.RecorderWriter, "image/webp", Thumbnails);
    }

    public Guid Session { get; }
    public TestConsent Consent { get; }
    public SigningKey Recorder { get; } = SigningKey.Create();

    /// <summary>Plaintexts: an initialization, a segment of several chunks, one that ends at a chunk's border, and an empty one.</summary>
    public IReadOnlyList<byte[]> Video { get; } = [.. new[] { 860, 100_000, 2 * ChunkLayout.ChunkLength, 0 }.Select(RandomNumberGenerator.GetBytes)];

    public IReadOnlyList<byte[]> Thumbnails { get; } = [.. new[] { 5_000, 5_001 }.Select(RandomNumberGenerator.GetBytes)];

    public string Root => _folder.FullName;

    /// <summary>Path of an object of a track.</summary>
    public string PathOf(TrackName track, string name) => Path.Combine(Root, TrackObjects.NameOf(Session, track, name));

    /// <summary>Writes a track anew: key file, segments, manifest.</summary>
    public void Write(TrackName track, byte[] consentDigest, SigningKey signer, string writer, string mediaType, IReadOnlyList<byte[]> plaintexts, string end = TrackEnd.Ended)
    {
        using var tracks = new TrackWriter(Session, track, consentDigest, _kek, signer);
        Put(track, TrackObjects.KeyFile, tracks.KeyFile.Span);
        for (var i = 0; i < plaintexts.Count; i++)
        {
            var segment = tracks.Seal(plaintexts[i], i, 1, key: true);
            Put(track, segment.Name, segment.Content);
        }

        Put(track, TrackObjects.Manifest, tracks.SignManifest(writer, "eu-central", mediaType, Start, Start.AddMinutes(1), end, [new(12, 30.5, GapReason.PausedByPerson)]));
    }

    public void Put(TrackName track, string name, ReadOnlySpan<byte> content)
    {
        var path = PathOf(track, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    public void Dispose()
    {
        Consent.Dispose();
        Recorder.Dispose();
        _folder.Delete(recursive: true);
    }
}
