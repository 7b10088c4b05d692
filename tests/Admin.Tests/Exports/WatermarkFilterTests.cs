using System.Text;
using SecureRecorder.Admin.Exports;

namespace SecureRecorder.Admin.Tests.Exports;

/// <summary>A watermark is text, whatever it says: to ffmpeg it is neither a filter nor an option nor a file.</summary>
public sealed class WatermarkFilterTests
{
    private static readonly string[] Evil =
    [
        "a':textfile='/etc/passwd", "a,drawbox=c=red:t=fill", "a[out];[out]negate", @"a\", @"\\:x=0", "%{localtime} %{pts}", "a=b:c;d,e'f\"g[h]i%j", "'", "\n\r\t\0", "¡ol\u202Eé 😀!", " leading and trailing ", "",
    ];

    public static TheoryData<string> Texts => [.. Evil];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Whatever_it_says_one_filter_draws_it(string text)
    {
        var filter = WatermarkFilter.Of($"tina {text}");
        var frame = await EncodedVideo.OutputOfAsync("ffmpeg", null, "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=c=black:size=640x120", "-frames:v", "1", "-vf", $"{filter},format=gray", "-f", "rawvideo", "pipe:1");
        Assert.Equal(640 * 120, frame.Length);
        Assert.True(frame.Max() > 100, "Nothing was drawn.");
        Assert.Equal(0, frame.Take(640 * 60).Max()); // nothing but a line of text at the lower edge
    }

    [Fact]
    public async Task The_same_text_is_drawn_as_from_a_file()
    {
        const string Text = @"a:b'c\d,e;f[g]h%{i}=j";
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Text, Encoding.UTF8.GetPreamble().Length == 0 ? Encoding.UTF8 : new UTF8Encoding(false), TestContext.Current.CancellationToken);
            var escaped = WatermarkFilter.Of(Text);
            var begin = escaped.IndexOf(":text=", StringComparison.Ordinal);
            var fromFile = escaped[..begin] + $":textfile={file}" + escaped[escaped.IndexOf(":fontsize=", StringComparison.Ordinal)..];
            Assert.Equal(await DrawAsync(fromFile), await DrawAsync(escaped));
        }
        finally
        {
            File.Delete(file);
        }

        static Task<byte[]> DrawAsync(string filter) => EncodedVideo.OutputOfAsync(
            "ffmpeg", null, "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=c=black:size=640x120", "-frames:v", "1", "-vf", $"{filter},format=gray", "-f", "rawvideo", "pipe:1");
    }

    [Fact]
    public void A_long_text_is_cut() => Assert.True(WatermarkFilter.Of(new string('x', 10_000)).Length < 400);
}
