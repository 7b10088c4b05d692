namespace SecureRecorder.Recorder.Tests;

public sealed class ReadableTests
{
    [Theory]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("2 gib", 2L << 30)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("1.5M", 3L << 19)]
    [InlineData("1048576", 1048576)]
    [InlineData("64B", 64)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(Readable.TryParseSize(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GiB")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("many")]
    [InlineData("99999999999999999999TB")]
    public void What_is_no_size_is_not(string text) => Assert.False(Readable.TryParseSize(text, out _));

    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(3723.9, "01:02:03")]
    [InlineData(-5, "00:00:00")]
    [InlineData(360_000, "100:00:00")]
    public void Times_are_written_as_people_read_them(double seconds, string text) => Assert.Equal(text, Readable.Time(seconds));
}
