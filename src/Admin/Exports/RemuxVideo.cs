using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Exports;

/// <summary>A video track as one MP4 that any player opens: ffmpeg copies it, or burns in a watermark, from pipe to pipe. Nothing of it touches a disk, unless a file is what was asked for.</summary>
/// <remarks>Times stay those of the session's clock, so gaps stay what they are. In a pipe the MP4 is fragmented: its index would need a second look at what was written.</remarks>
internal sealed class RemuxVideo(IOptions<ExportOptions> options)
{
    private const int BufferLength = 1 << 16;
    private const int KeptErrors = 300;

    /// <summary>Only a pipe is opened, and only as MP4: what a recording says of other files or formats is not followed.</summary>
    private static readonly string[] Input =
        ["-hide_banner", "-loglevel", "error", "-copyts", "-protocol_whitelist", "pipe", "-f", "mov", "-i", "pipe:0", "-map", "0:v:0", "-an", "-sn", "-dn", "-map_metadata", "-1"];

    /// <summary>Why this server can make no video; null: it can.</summary>
    public async Task<string?> MissingAsync(CancellationToken cancellation)
    {
        try
        {
            using var process = Start(["-hide_banner", "-version"]);
            process.StandardInput.Close();
            var said = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardOutput.ReadToEndAsync(cancellation);
            await said;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? null : $"'{options.Value.Ffmpeg}' of this server does not run. Tell the operator.";
        }
        catch (ExportFailedException missing)
        {
            return missing.Message;
        }
    }

    /// <param name="watermark">Burned in; null: the video is copied as it is.</param>
    /// <param name="read">Told the bytes of each sealed segment that went in.</param>
    /// <exception cref="ExportFailedException">ffmpeg is missing, or does not make a video of it.</exception>
    /// <exception cref="TrackAlteredException">A segment is not what its writer sealed.</exception>
    public Task WriteAsync(OpenTrack video, Stream into, string? watermark, Action<long> read, CancellationToken cancellation) =>
        WriteAsync(PartsOfAsync(video, read, cancellation), into, watermark, cancellation);

    /// <param name="parts">The plaintext of each segment, in order; each is zeroed once ffmpeg has it.</param>
    /// <inheritdoc cref="WriteAsync(OpenTrack, Stream, string?, Action{long}, CancellationToken)"/>
    public Task WriteAsync(IAsyncEnumerable<byte[]> parts, Stream into, string? watermark, CancellationToken cancellation) =>
        RunAsync([.. Input, .. Codec(watermark), "-movflags", "+empty_moov+default_base_moof+frag_keyframe", "-f", "mp4", "pipe:1"], parts, (output, token) => DrainAsync(output, into, token), cancellation);

    /// <summary>Writes an MP4 with an index, for which it must be a file: ffmpeg adds the index at the end.</summary>
    /// <param name="path">An empty file, whose access rights stay as they are.</param>
    /// <inheritdoc cref="WriteAsync(IAsyncEnumerable{byte[]}, Stream, string?, CancellationToken)"/>
    public Task WriteFileAsync(IAsyncEnumerable<byte[]> parts, string path, CancellationToken cancellation) =>
        RunAsync([.. Input, .. Codec(watermark: null), "-f", "mp4", "-y", $"file:{path}"], parts, async (output, token) =>
        {
            await output.CopyToAsync(Stream.Null, token);
            return new FileInfo(path).Length;
        }, cancellation);

    /// <param name="drain">Takes what ffmpeg writes to its standard output until it ends; returns the length of the video.</param>
    private async Task RunAsync(IEnumerable<string> arguments, IAsyncEnumerable<byte[]> parts, Func<Stream, CancellationToken, Task<long>> drain, CancellationToken cancellation)
    {
        using var process = Start(arguments);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var said = ReadErrorsAsync(process.StandardError, ended.Token);
            var feeding = FeedAsync(parts, process.StandardInput.BaseStream, ended.Token);
            var length = await drain(process.StandardOutput.BaseStream, ended.Token); // over when ffmpeg has ended, however it did
            await process.WaitForExitAsync(ended.Token);
            var errors = await said;
            var taken = await feeding;
            if (process.ExitCode != 0 || !taken || length == 0) { throw new ExportFailedException($"ffmpeg made no video of it (exit code {process.ExitCode}): {errors}"); }
        }
        catch
        {
            await ended.CancelAsync();
            throw;
        }
        finally
        {
            if (!process.HasExited) { process.Kill(); }
        }
    }

    private static string[] Codec(string? watermark) =>
    [
        .. watermark is null
            ? (string[])["-c", "copy"]
            : ["-vf", WatermarkFilter.Of(watermark), "-fps_mode", "passthrough", "-enc_time_base", "-1", "-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-bf", "0", "-force_key_frames", "source", "-pix_fmt", "yuv420p"],
        "-avoid_negative_ts", "disabled",
    ];

    private static async IAsyncEnumerable<byte[]> PartsOfAsync(OpenTrack video, Action<long> read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var segment in video.Segments)
        {
            yield return await video.ReadAsync(segment.Index, cancellation);
            read(segment.Size);
        }
    }

    /// <returns>Whether ffmpeg took all of it.</returns>
    private static async Task<bool> FeedAsync(IAsyncEnumerable<byte[]> parts, Stream input, CancellationToken cancellation)
    {
        try
        {
            await foreach (var plaintext in parts.WithCancellation(cancellation))
            {
                await input.WriteAsync(plaintext, cancellation);
                CryptographicOperations.ZeroMemory(plaintext);
            }

            return true;
        }
        catch (IOException gone) when (gone is not (TrackAlteredException or Storage.Objects.ObjectStoreException))
        {
            return false; // it ended before it had read everything, and says why
        }
        finally
        {
            await CloseAsync(input);
        }
    }

    private static async Task CloseAsync(Stream input)
    {
        try { await input.DisposeAsync(); }
        catch (IOException) { } // it has ended
    }

    private static async Task<long> DrainAsync(Stream output, Stream into, CancellationToken cancellation)
    {
        var (buffer, length) = (new byte[BufferLength], 0L);
        while (await output.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            await into.WriteAsync(buffer.AsMemory(0, count), cancellation);
            length += count;
        }

        CryptographicOperations.ZeroMemory(buffer);
        return length;
    }

    /// <summary>The beginning of what it says, on one line; the rest is read so that it can go on.</summary>
    private static async Task<string> ReadErrorsAsync(StreamReader errors, CancellationToken cancellation)
    {
        var (kept, buffer) = (new StringBuilder(), new char[1024]);
        while (await errors.ReadAsync(buffer, cancellation) is > 0 and var count) { kept.Append(buffer, 0, Math.Min(count, KeptErrors - kept.Length)); }
        return Receipts.Printable.Line(kept.ToString().ReplaceLineEndings(" ").Trim());
    }

    private Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(options.Value.Ffmpeg, arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("FFREPORT"); // it would write a log file
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        try
        {
            return Process.Start(start) ?? throw new ExportFailedException($"'{options.Value.Ffmpeg}' did not start.");
        }
        catch (Win32Exception missing)
        {
            throw new ExportFailedException($"This server cannot make a video: '{options.Value.Ffmpeg}' (Exports:Ffmpeg) cannot be started. Ask the operator to install ffmpeg.", missing);
        }
    }
}

/// <summary>An export cannot be built; the message says why, in words for its requester.</summary>
internal sealed class ExportFailedException : Exception
{
    public ExportFailedException() { }
    public ExportFailedException(string message) : base(message) { }
    public ExportFailedException(string message, Exception inner) : base(message, inner) { }
}
