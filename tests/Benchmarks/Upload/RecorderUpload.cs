using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Recorder;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Recorder.Upload;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Upload;

/// <summary>The recorder's own way into the bucket: sealed, spooled on the disk, put through addresses asked for in batches, committed.</summary>
internal sealed class RecorderUpload(AdminServer server, int segments, int size) : IDisposable
{
    private const double SegmentSeconds = 5;

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(size);
    private readonly byte[] _consent = RandomNumberGenerator.GetBytes(SegmentContext.ConsentDigestLength);
    private readonly LocalKeyFile _kek = LocalKeyFile.Open(Path.Combine(server.Data, "keys", "kek.pem"));
    private readonly HttpClient _http = RecorderCommand.Http();
    private readonly Terminal _terminal = new(TextWriter.Null, TextWriter.Null, interactive: false);

    /// <summary>Seals and spools a new session, then puts and commits it until the server has acknowledged all.</summary>
    /// <returns>Bytes of plaintext a second, of either.</returns>
    public async Task<(double Seal, double Upload)> MeasureAsync()
    {
        using var key = SigningKey.Create();
        var joined = await JoinAsync(key);
        using var spool = SessionSpool.Create(Path.Combine(server.Temporary, "spool"), joined, server.Url, new SpoolBudget(SpoolBudget.Default));
        using var delivery = new SessionDelivery(spool, _http, TimeProvider.System, _terminal);
        using var track = new SealedTrack(spool, TrackName.Video, _consent, _kek.PublicKey, key);

        var begun = Stopwatch.GetTimestamp();
        track.Begin("video/mp4; codecs=\"avc1.64001F\"", TimeProvider.System.GetUtcNow(), []);
        for (var index = 0; index < segments; index++) { track.Write(_content, index * SegmentSeconds, SegmentSeconds, key: true); }
        spool.Complete(TrackEnd.Ended);
        var spooled = Stopwatch.GetTimestamp();
        await delivery.RunAsync(CancellationToken.None);
        var stored = Stopwatch.GetTimestamp();

        spool.Delete();
        await LeaveAsync(joined.Session);
        var bytes = (double)segments * size;
        return (bytes / Stopwatch.GetElapsedTime(begun, spooled).TotalSeconds, bytes / Stopwatch.GetElapsedTime(spooled, stored).TotalSeconds);
    }

    public void Dispose()
    {
        _kek.Dispose();
        _http.Dispose();
    }

    /// <summary>A session that a person has allowed and a recorder has joined, straight into the server's catalogue.</summary>
    private async Task<JoinAnswer> JoinAsync(SigningKey key)
    {
        var (now, token) = (TimeProvider.System.GetUtcNow(), RandomNumberGenerator.GetHexString(32));
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(now), Technician = "benchmark", CreatedAt = now, CodeExpiresAt = now, Region = "local", State = SessionState.Ready,
            ConsentAt = now, ConsentDigest = _consent, RecorderJoinedAt = now, RecorderSeenAt = now,
            RecorderTokenHash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)),
            RecorderKey = JsonSerializer.Serialize(key.Public, RecordingJson.Default.PublicSigningKey),
        };
        await using var catalogue = ServerCatalogue.Open(server);
        catalogue.Sessions.Add(session);
        await catalogue.SaveChangesAsync();
        return new(session.Id, token, session.Region, _kek.PublicKey, key.Public);
    }

    /// <summary>The server has nothing to do with the session any more.</summary>
    private async Task LeaveAsync(Guid session)
    {
        await using var catalogue = ServerCatalogue.Open(server);
        await catalogue.Sessions.Where(s => s.Id == session).ExecuteUpdateAsync(s => s.SetProperty(row => row.State, SessionState.Failed).SetProperty(row => row.Version, row => row.Version + 1));
    }
}
