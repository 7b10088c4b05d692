using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

public sealed class SegmentChainTests : IDisposable
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");
    private readonly SigningKey _writer = SigningKey.Create();

    public void Dispose() => _writer.Dispose();

    [Fact]
    public void It_is_the_chain_of_the_format()
    {
        byte[] identity = [.. Convert.FromHexString("019900000000700080000000000000aa"), 5, .. "video"u8];
        var head = SHA256.HashData([.. Encoding.ASCII.GetBytes("secure-recorder/chain/1"), 0, .. identity]);
        var chain = SegmentChain.Start(Session, TrackName.Video);
        Assert.Equal(head, Base64Url.DecodeFromChars(chain.Text));

        for (var index = 0L; index < 3; index++)
        {
            var entry = Entry(index);
            head = SHA256.HashData([.. head, .. BigEndian(index), .. BigEndian(entry.Size), .. Base64Url.DecodeFromChars(entry.Sha256)]);
            chain = chain.Append(entry);
            Assert.Equal(head, Base64Url.DecodeFromChars(chain.Text));
            Assert.Equal(index + 1, chain.Next);

            byte[] signed = [.. Encoding.ASCII.GetBytes("secure-recorder/checkpoint/1"), 0, .. identity, .. BigEndian(index), .. head];
            Assert.True(_writer.Public.Verify(signed, chain.SignCheckpoint(_writer)));
            Assert.True(chain.IsCheckpoint(_writer.Sign(signed), _writer.Public));
        }
    }

    [Fact]
    public void A_checkpoint_is_of_one_head_of_one_track_by_one_writer()
    {
        var entries = Enumerable.Range(0, 4).Select(index => Entry(index)).ToArray();
        var chain = SegmentChain.Over(Session, TrackName.Video, entries);
        var checkpoint = chain.SignCheckpoint(_writer);
        using var other = SigningKey.Create();
        SegmentChain[] others =
        [
            SegmentChain.Over(Session, TrackName.Video, entries[..3]), // a cut tail
            chain.Append(Entry(4)),
            SegmentChain.Over(Session, TrackName.Chat, entries),
            SegmentChain.Over(Guid.Parse("01990000-0000-7000-8000-0000000000ab"), TrackName.Video, entries),
            SegmentChain.Over(Session, TrackName.Video, [entries[0] with { Sha256 = entries[1].Sha256 }, .. entries[1..]]),
            SegmentChain.Over(Session, TrackName.Video, [entries[0] with { Size = 1 }, .. entries[1..]]),
        ];

        Assert.True(chain.IsCheckpoint(checkpoint, _writer.Public));
        Assert.False(chain.IsCheckpoint(checkpoint, other.Public));
        Assert.False(chain.IsCheckpoint([], _writer.Public));
        Assert.All(others, another => Assert.False(another.IsCheckpoint(checkpoint, _writer.Public)));
        Assert.Throws<InvalidOperationException>(() => SegmentChain.Start(Session, TrackName.Video).SignCheckpoint(_writer));
    }

    [Fact]
    public void A_hole_a_repetition_or_an_impossible_entry_breaks_it()
    {
        var chain = SegmentChain.Start(Session, TrackName.Video).Append(Entry(0));
        ManifestSegment?[] impossible =
        [
            null, Entry(0), Entry(2), Entry(-1),
            Entry(1) with { Size = -1 },
            Entry(1) with { Start = -0.001 }, Entry(1) with { Duration = -1 }, Entry(1) with { Start = double.NaN }, Entry(1) with { Duration = double.PositiveInfinity },
            Entry(1) with { Sha256 = "" }, Entry(1) with { Sha256 = "AAAA" }, Entry(1) with { Sha256 = Entry(1).Sha256 + "=" }, Entry(1) with { Sha256 = new string('!', 43) },
        ];

        Assert.All(impossible, entry => Assert.Throws<TrackAlteredException>(() => chain.Append(entry)));
        Assert.Equal(2, chain.Append(Entry(1)).Next);
    }

    private static ManifestSegment Entry(long index) =>
        new(index, 1000 + index, Base64Url.EncodeToString(SHA256.HashData(BigEndian(index))), index * 5.0, 5.0, Key: true);

    private static byte[] BigEndian(long number)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }
}
