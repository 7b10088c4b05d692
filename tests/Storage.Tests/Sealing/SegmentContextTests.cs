using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

public sealed class SegmentContextTests
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
    private readonly byte[] _consent = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void A_segment_opens_as_itself_and_as_nothing_else()
    {
        using var key = DataKey.Create();
        using var otherKey = DataKey.Create();
        var context = new SegmentContext(Session, TrackName.Video, 3, _consent);
        var segment = SegmentSealer.Seal(key, context, "what was on the screen"u8);
        byte[] otherConsent = [.. _consent[..31], (byte)(_consent[31] ^ 1)];

        SegmentContext[] others =
        [
            new(Guid.Parse("01990000-0000-7000-8000-0000000000ab"), TrackName.Video, 3, _consent),
            new(Session, TrackName.Thumbnails, 3, _consent),
            new(Session, new("vide"), 3, _consent),
            new(Session, TrackName.Video, 4, _consent),
            new(Session, TrackName.Video, 3, otherConsent),
            new(Session, TrackName.Video, 3, new byte[32]),
            new(Session, TrackName.Consent, 3, default),
        ];

        Assert.Equal("what was on the screen"u8, SegmentOpener.Open(key, context, segment));
        Assert.All(others, other => Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(key, other, segment)));
        var refused = Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(otherKey, context, segment));
        Assert.Contains($"segment 3 of track 'video' of session {Session}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_bytes_are_label_session_track_index_and_consent_digest()
    {
        byte[] expected =
        [
            .. Encoding.ASCII.GetBytes("secure-recorder/segment/1"), 0,
            .. Convert.FromHexString("019900000000700080000000000000aa"),
            5, .. "video"u8,
            0, 0, 0, 0, 0x05, 0xf5, 0xe0, 0xff,
            .. _consent,
        ];
        var written = new byte[SegmentContext.MaximumLength];

        var length = new SegmentContext(Session, TrackName.Video, 99_999_999, _consent).WriteTo(written);

        Assert.Equal(expected, written[..length]);
        Assert.Equal(SegmentContext.MaximumLength, new SegmentContext(Session, new(new string('z', TrackName.MaximumLength)), 0, _consent).WriteTo(written));
    }

    [Fact]
    public void Only_the_consent_track_goes_without_a_consent_digest()
    {
        Assert.Equal(new byte[32], new SegmentContext(Session, TrackName.Consent, 0, default).ConsentDigest);

        Assert.Throws<ArgumentException>(() => new SegmentContext(Session, TrackName.Video, 0, default));
        Assert.Throws<ArgumentException>(() => new SegmentContext(Session, TrackName.Video, 0, new byte[31]));
        Assert.Throws<ArgumentException>(() => new SegmentContext(Session, TrackName.Consent, 0, _consent));
        Assert.Throws<ArgumentException>(() => new SegmentContext(Session, TrackName.Consent, 0, new byte[31]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100_000_000)]
    public void An_index_that_no_object_can_have_is_refused(long index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SegmentContext(Session, TrackName.Video, index, _consent));

    [Theory]
    [InlineData("")]
    [InlineData("Video")]
    [InlineData("vidéo")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("video ")]
    [InlineData("abcdefghijabcdefghijabcdefghijabc")]
    public void A_name_that_no_track_can_have_is_refused(string name)
    {
        Assert.False(TrackName.IsValid(name));
        Assert.Throws<ArgumentException>(() => new TrackName(name));
    }
}
