using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

public sealed class ManifestTests : IDisposable
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly SigningKey _writer = SigningKey.Create();
    private readonly Manifest _sound;

    public ManifestTests()
    {
        var segments = Enumerable.Range(0, 4).Select(i => new ManifestSegment(i, 100 + i, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), i, 1, Key: true)).ToArray();
        _sound = Manifest.Of(
            Session, TrackName.Video, Manifest.RecorderWriter, "eu-central", "video/mp4", new byte[32], Start, Start.AddSeconds(4), TrackEnd.Ended, segments, [new(1, 2, GapReason.Lost)]);
    }

    public void Dispose() => _writer.Dispose();

    [Fact]
    public void A_signed_manifest_verifies_as_that_track_of_that_session_and_no_other()
    {
        var text = _sound.Sign(_writer);

        var (manifest, signer) = Manifest.Verify(text, Session, TrackName.Video);

        Assert.Equal(_writer.Public, signer);
        Assert.Equal(_sound.Segments, manifest.Segments);
        Assert.Equal(_sound.Chain, manifest.Chain);
        Assert.Throws<TrackAlteredException>(() => Manifest.Verify(text, Guid.Parse("01990000-0000-7000-8000-0000000000ab"), TrackName.Video));
        Assert.Throws<TrackAlteredException>(() => Manifest.Verify(text, Session, TrackName.Thumbnails));
        Assert.Throws<TrackAlteredException>(() => Manifest.Verify(text[..^2], Session, TrackName.Video));
        Assert.Throws<TrackAlteredException>(() => Manifest.Verify(Jws.Sign("{}"u8, ConsentReceipt.JwsType, _writer), Session, TrackName.Video));
    }

    public static TheoryData<string, Action<JsonObject>> Changes => new()
    {
        { "exchanged segments", manifest => Exchange(manifest, withIndex: false) },
        { "exchanged segments that bear each other's index", manifest => Exchange(manifest, withIndex: true) },
        { "a cut tail", manifest => Segments(manifest).RemoveAt(3) },
        { "a cut head", manifest => Segments(manifest).RemoveAt(0) },
        { "a hole", manifest => Segments(manifest).RemoveAt(1) },
        { "no segments", manifest => Segments(manifest).Clear() },
        { "a repeated segment", manifest => Segments(manifest).Add(Segments(manifest)[3]!.DeepClone()) },
        { "an added segment", manifest => Segments(manifest).Add(Changed(Segments(manifest)[3]!, "index", 4)) },
        { "another digest", manifest => Segments(manifest)[2]!["sha256"] = new string('A', 43) },
        { "a malformed digest", manifest => Segments(manifest)[2]!["sha256"] = "AAAA" },
        { "another size", manifest => Segments(manifest)[2]!["size"] = 103 },
        { "a size below zero", manifest => Segments(manifest)[2]!["size"] = -1 },
        { "a size that is no number of bytes", manifest => Segments(manifest)[2]!["size"] = 1.5 },
        { "a start below zero", manifest => Segments(manifest)[2]!["start"] = -1 },
        { "an empty entry", manifest => Segments(manifest)[2] = null },
        { "an entry without digest", manifest => Segments(manifest)[2]!.AsObject().Remove("sha256") },
        { "an entry without key", manifest => Segments(manifest)[2]!.AsObject().Remove("key") },
        { "another chain", manifest => manifest["chain"] = new string('A', 43) },
        { "no chain", manifest => manifest.Remove("chain") },
        { "no list of segments", manifest => manifest["segments"] = null },
        { "no list of gaps", manifest => manifest.Remove("gaps") },
        { "an empty gap", manifest => manifest["gaps"] = new JsonArray((JsonNode?)null) },
        { "a gap for no known reason", manifest => manifest["gaps"]![0]!["reason"] = "lunch" },
        { "a gap below zero", manifest => manifest["gaps"]![0]!["duration"] = -2 },
        { "an unknown end", manifest => manifest["end"] = "stopped" },
        { "an unknown writer", manifest => manifest["writer"] = "technician" },
        { "a recovery that the recorder signed", manifest => manifest["end"] = "recovered" },
        { "no consent", manifest => manifest["consent"] = "" },
        { "a malformed consent digest", manifest => manifest["consent"] = "AAAA" },
        { "another format", manifest => manifest["format"] = "secure-recorder/manifest/2" },
        { "a time of no zone", manifest => manifest["startedAt"] = "2026-01-02T03:04:05.000" },
    };

    [Theory, MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void A_manifest_with_this_is_refused_however_well_it_is_signed(string what, Action<JsonObject> change)
    {
        var payload = SignedText.PayloadOf(_sound.Sign(_writer));
        change(payload);

        var refused = Record.Exception(() => Manifest.Verify(SignedText.Sign(_writer, Manifest.JwsType, payload), Session, TrackName.Video));

        Assert.True(refused is TrackAlteredException, $"{what}: {refused}");
    }

    [Fact]
    public void A_name_that_comes_twice_is_refused()
    {
        var payload = SignedText.PayloadOf(_sound.Sign(_writer)).ToJsonString();
        var header = SignedText.Header(_writer, Manifest.JwsType).ToJsonString();
        var twice = payload.Replace("{\"format\"", "{\"end\":\"withdrawn\",\"format\"", StringComparison.Ordinal);

        Assert.Equal(TrackEnd.Ended, Manifest.Verify(SignedText.Sign(_writer, header, payload), Session, TrackName.Video).Manifest.End);
        Assert.Throws<TrackAlteredException>(() => Manifest.Verify(SignedText.Sign(_writer, header, twice), Session, TrackName.Video));
    }

    private static JsonArray Segments(JsonObject manifest) => manifest["segments"]!.AsArray();

    private static JsonNode Changed(JsonNode entry, string name, JsonNode value)
    {
        var copy = entry.DeepClone();
        copy[name] = value;
        return copy;
    }

    private static void Exchange(JsonObject manifest, bool withIndex)
    {
        var segments = Segments(manifest);
        var (second, third) = (segments[1]!.DeepClone(), segments[2]!.DeepClone());
        segments[1] = withIndex ? Changed(third, "index", 1) : third;
        segments[2] = withIndex ? Changed(second, "index", 2) : second;
    }
}
