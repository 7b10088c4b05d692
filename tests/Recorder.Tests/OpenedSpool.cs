using System.Text.Json;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Tests;

/// <summary>A session's spool in a folder of the test's own, whose segments the test can open.</summary>
internal sealed class OpenedSpool : IDisposable
{
    private readonly LocalKeyFile _kek;
    private readonly SigningKey _signer = SigningKey.Create();
    private readonly byte[] _consent = new byte[32];

    public OpenedSpool(FakeServer server, long limit = SpoolBudget.Default)
    {
        _kek = server.Kek;
        Root = Directory.CreateTempSubdirectory("spool").FullName;
        Budget = new(limit);
        Session = SessionSpool.Create(Root, new(server.Session, server.Token, "eu-test", _kek.PublicKey, server.ServerKey.Public), server.Address, Budget);
    }

    public string Root { get; }
    public SpoolBudget Budget { get; }
    public SessionSpool Session { get; }
    public SigningKey Signer => _signer;

    public SealedTrack Track(TrackName name) => new(Session, name, _consent, _kek.PublicKey, _signer);

    /// <summary>A track with this many small segments.</summary>
    public SealedTrack TrackOf(string name, int segments)
    {
        var track = Track(new(name));
        track.Begin("image/webp", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), []);
        for (var index = 0; index < segments; index++) { track.Write([(byte)index, 1, 2, 3], index, 1, key: true); }
        return track;
    }

    public string PathOf(string track, string name) => Path.Combine(Session.Folder, track, name);

    public async Task<byte[]> OpenAsync(TrackName track, long index)
    {
        using var key = await _kek.UnwrapAsync(
            JsonSerializer.Deserialize(await File.ReadAllBytesAsync(PathOf(track.Value, TrackObjects.KeyFile)), FormatJson.Default.KeyFile)!, CancellationToken.None);
        return SegmentOpener.Open(key, new(Session.Id, track, index, _consent), await File.ReadAllBytesAsync(PathOf(track.Value, TrackObjects.SegmentName(index))));
    }

    public void Dispose()
    {
        Session.Dispose();
        _signer.Dispose();
        if (Directory.Exists(Root)) { Directory.Delete(Root, recursive: true); }
    }
}
