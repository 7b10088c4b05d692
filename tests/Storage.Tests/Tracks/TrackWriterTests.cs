using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tests.Keys;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

public sealed class TrackWriterTests(TestKek kek) : IClassFixture<TestKek>, IDisposable
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private readonly SigningKey _signer = SigningKey.Create();
    private readonly byte[] _consent = RandomNumberGenerator.GetBytes(32);

    public void Dispose() => _signer.Dispose();

    [Fact]
    public async Task What_it_seals_opens_with_the_wrapped_key_as_that_segment_under_that_consent()
    {
        using var writer = Writer(TrackName.Video, _consent);
        var chain = SegmentChain.Start(Session, TrackName.Video);
        var file = JsonSerializer.Deserialize(writer.KeyFile.Span, FormatJson.Default.KeyFile)!;
        using var key = await kek.Key.UnwrapAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal((Session, "video"), (file.Session, file.Track));

        for (var index = 0; index < 3; index++)
        {
            var plaintext = RandomNumberGenerator.GetBytes(20_000 * index);
            var segment = writer.Seal(plaintext, index * 5.0004, 5.0004, key: index != 2);
            chain = chain.Append(segment.Entry);

            Assert.Equal($"0000000{index}.seal", segment.Name);
            Assert.Equal(plaintext, SegmentOpener.Open(key, new(Session, TrackName.Video, index, _consent), segment.Content));
            Assert.Equal(
                new(index, segment.Content.Length, Base64Url.EncodeToString(SHA256.HashData(segment.Content)), Math.Round(index * 5.0004, 3), 5, index != 2), segment.Entry);
            Assert.True(chain.IsCheckpoint(Base64Url.DecodeFromChars(segment.Checkpoint), _signer.Public));
        }
    }

    [Fact]
    public void Its_manifest_verifies_and_says_what_was_written()
    {
        using var writer = Writer(TrackName.Chat, _consent);
        var segments = Enumerable.Range(0, 3).Select(i => writer.Seal(new byte[i], i, 1, key: true).Entry).ToArray();

        var text = Encoding.ASCII.GetString(writer.SignManifest(
            Manifest.ServerWriter, "eu-central", "application/jsonl", Start, Start.AddMinutes(2), TrackEnd.Withdrawn, [new(12, 30.5, GapReason.PausedByPerson)]));
        var (manifest, signer) = Manifest.Verify(text, Session, TrackName.Chat);

        Assert.Equal(_signer.Public, signer);
        Assert.Equal(segments, manifest.Segments);
        Assert.Equal([new(12, 30.5, "paused-by-person")], manifest.Gaps);
        Assert.Equal(("server", "eu-central", "application/jsonl", "withdrawn"), (manifest.Writer, manifest.Region, manifest.MediaType, manifest.End));
        Assert.Equal((Start, Start.AddMinutes(2)), (manifest.StartedAt, manifest.EndedAt));
        Assert.Equal(Base64Url.EncodeToString(_consent), manifest.Consent);
        Assert.Equal("2026-01-02T03:04:05.678Z", (string?)SignedText.PayloadOf(text)["startedAt"]);
    }

    [Fact]
    public async Task The_consent_track_goes_without_a_consent_digest()
    {
        using var writer = Writer(TrackName.Consent, []);
        var receipt = writer.Seal("a receipt"u8, 0, 0, key: true);
        var text = Encoding.ASCII.GetString(writer.SignManifest(Manifest.ServerWriter, "eu-central", "application/jose", Start, Start, TrackEnd.Ended, []));
        using var key = await kek.Key.UnwrapAsync(JsonSerializer.Deserialize(writer.KeyFile.Span, FormatJson.Default.KeyFile)!, TestContext.Current.CancellationToken);

        Assert.Equal("", Manifest.Verify(text, Session, TrackName.Consent).Manifest.Consent);
        Assert.Equal("a receipt"u8, SegmentOpener.Open(key, new(Session, TrackName.Consent, 0, default), receipt.Content));
    }

    [Fact]
    public void Without_consent_nothing_can_be_written()
    {
        Assert.Throws<ArgumentException>(() => Writer(TrackName.Video, []));
        Assert.Throws<ArgumentException>(() => Writer(TrackName.Video, new byte[31]));
        Assert.Throws<ArgumentException>(() => Writer(TrackName.Consent, _consent));
    }

    [Fact]
    public void What_no_manifest_may_say_is_refused_before_it_is_signed()
    {
        using var writer = Writer(TrackName.Video, _consent);

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Seal([], double.NaN, 0, key: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Seal([], 0, -1, key: true));
        Assert.Empty(writer.Segments);
        Assert.Throws<ArgumentException>(() => Sign(writer, "stopped", []));
        Assert.Throws<ArgumentException>(() => Sign(writer, TrackEnd.Ended, [new(0, 1, "lunch")]));
        Assert.Throws<ArgumentException>(() => Sign(writer, TrackEnd.Ended, [new(0, double.NaN, GapReason.Lost)]));
        Assert.NotEmpty(Sign(writer, TrackEnd.Ended, []));
    }

    [Fact]
    public void Disposed_it_seals_nothing_more()
    {
        var writer = Writer(TrackName.Video, _consent);
        writer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => writer.Seal([], 0, 0, key: true));
    }

    private static byte[] Sign(TrackWriter writer, string end, Gap[] gaps) =>
        writer.SignManifest(Manifest.RecorderWriter, "eu-central", "video/mp4", Start, Start, end, gaps);

    private TrackWriter Writer(TrackName track, ReadOnlySpan<byte> consent) => new(Session, track, consent, kek.Key.PublicKey, _signer);
}
