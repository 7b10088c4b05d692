using System.Diagnostics;
using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Tests.Capture;

/// <summary>What the recorder's own ffmpeg command delivers, of a moving test pattern instead of a screen.</summary>
internal static class EncodedPattern
{
    /// <summary>The whole output of one run.</summary>
    /// <param name="source">Another source than the pattern, as ffmpeg's lavfi writes it.</param>
    public static async Task<byte[]> EncodeAsync(double seconds, int framesPerSecond = 10, string size = "320x180", string? source = null)
    {
        var input = new CaptureInput(["-f", "lavfi", "-i", source ?? $"testsrc2=size={size}:rate={framesPerSecond}:duration={seconds}"], "", "");
        using var process = Process.Start(Ffmpeg.Find().StartInfo(FfmpegArguments.Build(input, framesPerSecond, "/dev/null")))!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException(await errors);
    }

    /// <summary>Its units.</summary>
    public static async Task<List<(byte[] Bytes, bool IsInitialization)>> UnitsAsync(Stream stream)
    {
        using var reader = new FragmentReader(stream);
        List<(byte[], bool)> units = [];
        while (await reader.ReadAsync(CancellationToken.None) is { } unit) { units.Add((unit.Bytes.ToArray(), unit.IsInitialization)); }
        return units;
    }

    /// <summary>Frames as ffprobe reads them from a whole MP4: time in seconds, and whether a key frame.</summary>
    public static async Task<List<(double Time, bool Key)>> FramesAsync(byte[] mp4)
    {
        var start = new ProcessStartInfo("ffprobe", ["-v", "error", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", "-i", "pipe:0"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var probe = Process.Start(start)!;
        var errors = probe.StandardError.ReadToEndAsync();
        var read = probe.StandardOutput.ReadToEndAsync();
        await probe.StandardInput.BaseStream.WriteAsync(mp4);
        probe.StandardInput.Close();
        await probe.WaitForExitAsync();
        Assert.Equal("", await errors);
        return [.. (await read).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).Select(parts => (double.Parse(parts[0]), parts[1].StartsWith('K')))];
    }
}
