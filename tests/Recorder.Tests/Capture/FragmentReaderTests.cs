using System.Text;
using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Tests.Capture;

public sealed class FragmentReaderTests
{
    [Fact]
    public async Task Gives_whole_units_whatever_the_pipe_delivers_at_once()
    {
        var encoded = await EncodedPattern.EncodeAsync(4);
        var whole = await EncodedPattern.UnitsAsync(new MemoryStream(encoded));
        Assert.True(whole[0].IsInitialization);
        Assert.All(whole.Skip(1), unit => Assert.Equal("moof", Encoding.ASCII.GetString(unit.Bytes, 4, 4)));
        foreach (var piece in new[] { 1, 7, 4096 })
        {
            Assert.Equal(whole, await EncodedPattern.UnitsAsync(new InPieces(encoded, piece)), Same);
        }
    }

    [Fact]
    public async Task Reads_units_far_larger_than_its_buffer()
    {
        var encoded = await EncodedPattern.EncodeAsync(1, source: "nullsrc=s=1920x1080:r=10:d=0.3,geq=random(1)*255:128:128");
        var units = await EncodedPattern.UnitsAsync(new MemoryStream(encoded));
        Assert.Contains(units, unit => unit.Bytes.Length > 256 << 10);
    }

    [Fact]
    public async Task Drops_half_a_fragment_at_the_end()
    {
        var encoded = await EncodedPattern.EncodeAsync(2);
        var whole = await EncodedPattern.UnitsAsync(new MemoryStream(encoded));
        var cut = whole.Sum(unit => unit.Bytes.Length) - 10;
        Assert.Equal(whole.SkipLast(1), await EncodedPattern.UnitsAsync(new MemoryStream(encoded, 0, cut)), Same);
    }

    [Theory]
    [InlineData("00000004 66747970")] // shorter than its header
    [InlineData("7fffffff 66747970")] // larger than any box
    [InlineData("00000000 6d6f6f66")] // to the end of a stream that has none
    [InlineData("00000008 66747970 00000008 6d646174")] // media data where moov must stand
    [InlineData("00000001 6d6f6f66 ffffffffffffffff")] // a negative 64-bit length
    public async Task Refuses_what_is_no_fragmented_mp4(string hex) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => EncodedPattern.UnitsAsync(new MemoryStream(Convert.FromHexString(hex.Replace(" ", "")))));

    private static bool Same((byte[] Bytes, bool IsInitialization) a, (byte[] Bytes, bool IsInitialization) b) =>
        a.IsInitialization == b.IsInitialization && a.Bytes.AsSpan().SequenceEqual(b.Bytes);

    private sealed class InPieces(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
