using System.Security.Cryptography;

namespace SecureRecorder.Storage.Tests.Sealing;

/// <summary>Bytes as a network gives them: in stretches of any length, once, with no way back and no known end.</summary>
internal sealed class ForwardOnlyStream(byte[] content) : Stream
{
    private const int LongestStretch = 5_000;
    private int _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var stretch = Math.Min(Math.Min(buffer.Length, content.Length - _position), RandomNumberGenerator.GetInt32(1, LongestStretch));
        content.AsMemory(_position, stretch).CopyTo(buffer);
        _position += stretch;
        return new(stretch);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Flush() { }
}
