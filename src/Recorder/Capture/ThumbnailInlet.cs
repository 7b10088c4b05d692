using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Security.Cryptography;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;

namespace SecureRecorder.Recorder.Capture;

/// <summary>Where ffmpeg delivers the thumbnails of one run: a unix socket in a folder of its own (0700), a named pipe on Windows. No file ever.</summary>
internal sealed class ThumbnailInlet : IDisposable
{
    private const string MediaType = "image/webp";
    private const int RiffHeader = 12; // "RIFF", length of what follows it, "WEBP"
    private const int LargestImage = 4 << 20;

    private readonly DirectoryInfo? _folder;
    private readonly Socket? _listener;
    private readonly NamedPipeServerStream? _pipe;

    public ThumbnailInlet()
    {
        if (OperatingSystem.IsWindows())
        {
            var name = $"secure-recorder-{Convert.ToHexString(RandomNumberGenerator.GetBytes(16))}";
            _pipe = new(name, PipeDirection.In, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            Address = $@"\\.\pipe\{name}";
            return;
        }

        _folder = Directory.CreateTempSubdirectory("secure-recorder-");
        var path = Path.Combine(_folder.FullName, "t");
        _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
        Address = $"unix:{path}";
    }

    /// <summary>As ffmpeg writes it.</summary>
    public string Address { get; }

    /// <summary>Seals what arrives until ffmpeg closes, or nothing more can come.</summary>
    /// <exception cref="InvalidDataException">Not a sequence of WebP images.</exception>
    public async Task ReceiveAsync(SealedTrack track, SessionClock clock, RunClock run, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await AcceptAsync(cancellation);
            await ReceiveAsync(stream, track, clock, run, cancellation);
        }
        catch (Exception ended) when (ended is SocketException or IOException || cancellation.IsCancellationRequested) { } // the video says how the run ended
    }

    /// <summary>Splits a stream of WebP images by their lengths.</summary>
    internal static async Task ReceiveAsync(Stream stream, SealedTrack track, SessionClock clock, RunClock run, CancellationToken cancellation)
    {
        var header = new byte[RiffHeader];
        var buffer = GC.AllocateUninitializedArray<byte>(64 << 10, pinned: true); // plaintext: pinned, so that no copies are left behind
        while (await stream.ReadAtLeastAsync(header, RiffHeader, throwOnEndOfStream: false, cancellation) == RiffHeader)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)) + 8L;
            if (!header.AsSpan().StartsWith("RIFF"u8) || !header.AsSpan(8).SequenceEqual("WEBP"u8) || length is < RiffHeader or > LargestImage)
            {
                throw new InvalidDataException($"A thumbnail is not a WebP image, or larger than {LargestImage} bytes.");
            }

            if (length > buffer.Length) { buffer = GC.AllocateUninitializedArray<byte>((int)length, pinned: true); }
            var image = buffer.AsMemory(0, (int)length);
            header.CopyTo(image);
            await stream.ReadExactlyAsync(image[RiffHeader..], cancellation);
            Seal(image.Span, track, clock, run);
            CryptographicOperations.ZeroMemory(image.Span);
        }
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _pipe?.Dispose();
        if (_folder is not null && Directory.Exists(_folder.FullName)) { _folder.Delete(recursive: true); }
    }

    private static void Seal(ReadOnlySpan<byte> image, SealedTrack track, SessionClock clock, RunClock run)
    {
        if (run.IsStopping) { return; }

        clock.StartAt(run.FirstFrameTimestamp(0));
        if (track.Spooled is null) { track.Begin(MediaType, clock.StartedAt!.Value, []); }
        track.Write(image, clock.Now, 0, key: true);
    }

    private async Task<Stream> AcceptAsync(CancellationToken cancellation)
    {
        if (_listener is not null) { return new NetworkStream(await _listener.AcceptAsync(cancellation), ownsSocket: true); }

        await _pipe!.WaitForConnectionAsync(cancellation);
        return _pipe;
    }
}
