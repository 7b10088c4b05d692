using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace SecureRecorder.Admin.Tests.Exports;

/// <summary>Real H.264 as a recorder cuts it: initialization, then whole fragments that begin with a key frame, one a second, with a stretch in the middle that was not recorded.</summary>
internal static class EncodedVideo
{
    public const int FramesASecond = 10;
    public const int Seconds = 6;

    /// <summary>Seconds on the session's clock.</summary>
    public const int GapStart = 3;

    public const int GapLength = 10;

    /// <param name="source">A source of ffmpeg's own; noise hardly gets smaller.</param>
    public static async Task<IReadOnlyList<byte[]>> EncodeAsync(string source = "testsrc=size=320x180:rate=10", string quality = "28")
    {
        var bytes = await OutputOfAsync("ffmpeg", null,
            "-nostdin", "-loglevel", "error", "-f", "lavfi", "-t", $"{Seconds}", "-i", source, "-vf", $"setpts='PTS+gte(T,{GapStart})*{GapLength}/TB'", "-fps_mode", "passthrough",
            "-c:v", "libx264", "-preset", "ultrafast", "-crf", quality, "-pix_fmt", "yuv420p", "-g", $"{FramesASecond}", "-x264-params", "scenecut=0:bframes=0",
            "-movflags", "+empty_moov+default_base_moof+frag_keyframe", "-f", "mp4", "pipe:1");
        var (segments, at, begun) = (new List<byte[]>(), 0, 0);
        while (at < bytes.Length)
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            var type = Encoding.ASCII.GetString(bytes, at + 4, 4);
            if (type is "mfra") { break; }
            at += size;
            if (type is "moov" or "mdat")
            {
                segments.Add(bytes[begun..at]);
                begun = at;
            }
        }

        return segments;
    }

    /// <summary>Second on the session's clock at which fragment <paramref name="index"/> begins; the initialization is 0.</summary>
    public static double StartOf(int index) => index == 0 ? 0 : index - 1 < GapStart ? index - 1 : index - 1 + GapLength;

    /// <summary>Runs a program with this on its standard input, and returns what it writes.</summary>
    public static async Task<byte[]> OutputOfAsync(string program, byte[]? input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var said = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            try { await process.StandardInput.BaseStream.WriteAsync(input); }
            catch (IOException) { } // it ended, and says why
        }

        try { process.StandardInput.Close(); }
        catch (IOException) { }
        await reading;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await said}");
        return output.ToArray();
    }
}
