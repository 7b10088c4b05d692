using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.TestServers;

/// <summary>A session as recorder and server write it, in a folder of its own, for tests that read it back or damage it.</summary>
public sealed class WrittenSession : IDisposable
{
    public const string Region = "eu-central";
    public const string NoticeText = "You are asked whether this session may be recorded.";

    /// <summary>One KEK (PEM) for all sessions of a test run: making an RSA key takes longer than all the rest.</summary>
    public static string SharedKek => NewKek.Value;

    private static readonly Lazy<string> NewKek = new(() =>
    {
        using var rsa = RSA.Create(3072);
        return rsa.ExportPkcs8PrivateKeyPem();
    });

    private readonly SigningKey device = SigningKey.Create();

    private readonly bool owned;

    private WrittenSession(string folder, Guid id, bool owned)
    {
        (Folder, Id, this.owned) = (folder, id, owned);
        Bucket = Path.Combine(folder, "bucket");
        Store = new(Bucket, new FolderUploadAddresses(new("http://127.0.0.1/"), new byte[32], TimeProvider.System));
        if (owned) { OwnerOnlyFile.Create(KekPath, NewKek.Value); }
        Kek = LocalKeyFile.Open(KekPath);
        Receipt = SignReceipt(Id);
        ConsentDigest = ConsentReceipt.DigestOf(Receipt);
    }

    public Guid Id { get; }
    public string Folder { get; }

    /// <summary>The folder that mirrors the bucket.</summary>
    public string Bucket { get; }

    public string KekPath => Path.Combine(Folder, "keys", "kek.pem");
    public FolderObjectStore Store { get; }
    public LocalKeyFile Kek { get; }
    public SigningKey RecorderKey { get; } = SigningKey.Create();
    public SigningKey ServerKey { get; } = SigningKey.Create();
    public string Receipt { get; }
    public byte[] ConsentDigest { get; }
    public TrackReader Reader => new(Store, Kek);

    /// <summary>The folder, as the only location that there is.</summary>
    public KnownLocations Locations => new(new(Location.Main, Region, Store, Kek, null));

    /// <summary>An empty bucket with the consent track in it; its manifest is not written yet.</summary>
    public static Task<WrittenSession> CreateAsync() => BeginAsync(new(
        Path.Combine(Path.GetTempPath(), "session-" + RandomNumberGenerator.GetHexString(8, lowercase: true)), Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), owned: true));

    /// <summary>A session in the data folder of a server, under its KEK and beside its other sessions.</summary>
    public static Task<WrittenSession> InAsync(string data, Guid id) => BeginAsync(new(data, id, owned: false));

    private static async Task<WrittenSession> BeginAsync(WrittenSession session)
    {
        await session.Store.ProvisionAsync(default);
        session.ConsentSegments = await session.WriteConsentAsync();
        return session;
    }

    /// <summary>What was written to the consent track.</summary>
    public IReadOnlyList<ManifestSegment> ConsentSegments { get; private set; } = [];

    /// <summary>Writes a track of the recorder's: its key, these segments, and its manifest if asked for.</summary>
    /// <returns>The entries, as a recorder commits them.</returns>
    public async Task<IReadOnlyList<ManifestSegment>> WriteTrackAsync(TrackName track, bool manifest, params byte[][] segments)
    {
        using var writer = new TrackWriter(Id, track, ConsentDigest, Kek.PublicKey, RecorderKey);
        await PutAsync(track, TrackObjects.KeyFile, writer.KeyFile.ToArray());
        for (var i = 0; i < segments.Length; i++)
        {
            var written = writer.Seal(segments[i], i == 0 ? 0 : (i - 1) * 5, i == 0 ? 0 : 5, key: i > 0 && i % 2 == 1);
            await PutAsync(track, written.Name, written.Content);
        }

        if (manifest)
        {
            await PutAsync(track, TrackObjects.Manifest, writer.SignManifest(
                Manifest.RecorderWriter, Region, "video/mp4; codecs=\"avc1.640028\"", TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow(), TrackEnd.Ended, []));
        }

        return [.. writer.Segments];
    }

    /// <summary>Writes a whole track of the recorder's from segments as they come.</summary>
    /// <returns>The entries, as the manifest has them.</returns>
    public async Task<IReadOnlyList<ManifestSegment>> WriteTrackAsync(TrackName track, string mediaType, IAsyncEnumerable<PlainSegment> segments)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        using var writer = new TrackWriter(Id, track, ConsentDigest, Kek.PublicKey, RecorderKey);
        await PutAsync(track, TrackObjects.KeyFile, writer.KeyFile.ToArray());
        var end = 0.0;
        await foreach (var (content, start, duration, key) in segments)
        {
            var written = writer.Seal(content, start, duration, key);
            await PutAsync(track, written.Name, written.Content);
            end = start + duration;
        }

        await PutAsync(track, TrackObjects.Manifest, writer.SignManifest(Manifest.RecorderWriter, Region, mediaType, startedAt, startedAt.AddSeconds(end), TrackEnd.Ended, []));
        return [.. writer.Segments];
    }

    /// <summary>Writes the manifest of the consent track, as the server does when a session is over.</summary>
    public Task FinishConsentAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var manifest = Manifest.Of(Id, TrackName.Consent, Manifest.ServerWriter, Region, "application/jose", [], now, now, TrackEnd.Ended, ConsentSegments, []);
        return PutAsync(TrackName.Consent, TrackObjects.Manifest, Encoding.ASCII.GetBytes(manifest.Sign(ServerKey)));
    }

    /// <summary>The file of an object in the bucket's folder.</summary>
    public string FileOf(TrackName track, string name) => Path.Combine(Bucket, TrackObjects.NameOf(Id, track, name));

    /// <summary>Replaces what an object holds, as somebody with access to the bucket could.</summary>
    public async Task DamageAsync(TrackName track, string name, Func<byte[], byte[]> change)
    {
        var file = FileOf(track, name);
        var changed = change(await File.ReadAllBytesAsync(file));
        File.Delete(file);
        await File.WriteAllBytesAsync(file, changed);
    }

    public void Dispose()
    {
        Kek.Dispose();
        RecorderKey.Dispose();
        ServerKey.Dispose();
        device.Dispose();
        if (owned && Directory.Exists(Folder)) { Directory.Delete(Folder, recursive: true); }
    }

    private string SignReceipt(Guid session)
    {
        var receipt = new ConsentReceipt(
            ConsentReceipt.FormatName, session, "p1", ConsentReceipt.Allow, TimeProvider.System.GetUtcNow(), "Example Ltd",
            new("default", 1, "en", Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(NoticeText)))), new(Video: true, Chat: false));
        return Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(receipt, FormatJson.Default.ConsentReceipt), ConsentReceipt.JwsType, device);
    }

    private async Task<IReadOnlyList<ManifestSegment>> WriteConsentAsync()
    {
        using var writer = new TrackWriter(Id, TrackName.Consent, [], Kek.PublicKey, ServerKey);
        await PutAsync(TrackName.Consent, TrackObjects.KeyFile, writer.KeyFile.ToArray());
        var word = new Countersignature(Countersignature.FormatName, Id, Base64Url.EncodeToString(ConsentDigest), TimeProvider.System.GetUtcNow(), NoticeText);
        foreach (var jws in (string[])[Receipt, word.Sign(ServerKey)])
        {
            var written = writer.Seal(Encoding.ASCII.GetBytes(jws), 0, 0, key: true);
            await PutAsync(TrackName.Consent, written.Name, written.Content);
        }

        return [.. writer.Segments];
    }

    private async Task PutAsync(TrackName track, string name, byte[] content)
    {
        if (!await Store.PutOnceAsync(TrackObjects.NameOf(Id, track, name), content, default)) { throw new InvalidOperationException($"'{name}' of track '{track}' exists."); }
    }
}

/// <summary>A segment before it is sealed. Seconds on the session's clock.</summary>
public sealed record PlainSegment(byte[] Content, double Start, double Duration, bool Key);
