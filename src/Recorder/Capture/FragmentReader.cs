using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SecureRecorder.Recorder.Capture;

/// <summary>Reads whole units of a fragmented MP4 from the encoder's pipe: first the initialization, then one fragment at a time.</summary>
/// <remarks>
/// What was read is plaintext: the one buffer is pinned, so that the garbage collector leaves no copies, and zeroed as it
/// is left behind. Boxes that begin neither an initialization nor a fragment are dropped: an index for files means nothing here.
/// </remarks>
internal sealed class FragmentReader(Stream source) : IDisposable
{
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(256 << 10, pinned: true);
    private int _start; // of what is not yet consumed
    private int _end; // of what was read
    private int _unit; // length of what the last call returned

    /// <summary>The next unit, valid until the next call; <see langword="null"/>: the pipe was closed. Half a unit before that is dropped.</summary>
    /// <exception cref="InvalidDataException">This is not a fragmented MP4.</exception>
    public async ValueTask<Mp4Unit?> ReadAsync(CancellationToken cancellation)
    {
        Consume(_unit);
        _unit = 0;
        while (await WholeBoxAsync(0, cancellation) is { } head)
        {
            var isInitialization = head.Type == Mp4Box.Ftyp;
            if (!isInitialization && head.Type != Mp4Box.Moof)
            {
                Consume(head.Length);
                continue;
            }

            if (await WholeBoxAsync(head.Length, cancellation) is not { } tail) { return null; }
            if (tail.Type != (isInitialization ? Mp4Box.Moov : Mp4Box.Mdat))
            {
                throw new InvalidDataException($"The box '{tail.Name}' follows '{head.Name}': this is not a fragmented MP4.");
            }

            _unit = head.Length + tail.Length;
            return new(_buffer.AsMemory(_start, _unit), isInitialization);
        }

        return null;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_buffer);

    /// <summary>The box that begins this many bytes after what was consumed, once all of it is in the buffer.</summary>
    private async ValueTask<Mp4Box?> WholeBoxAsync(int offset, CancellationToken cancellation)
    {
        while (true)
        {
            var known = Mp4Box.TryReadHeader(_buffer.AsSpan(0, _end), _start + offset, out var box);
            if (known && box.End <= _end) { return box; }

            MakeRoom(offset + (known ? box.Length : Mp4Box.LongHeaderLength));
            var read = await source.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0) { return null; }
            _end += read;
        }
    }

    private void Consume(int length)
    {
        CryptographicOperations.ZeroMemory(_buffer.AsSpan(_start, length));
        _start += length;
        if (_start == _end) { _start = _end = 0; }
    }

    /// <summary>Makes room for this many bytes that are not yet consumed.</summary>
    private void MakeRoom(int length)
    {
        if (_start + length <= _buffer.Length) { return; }

        var old = _buffer;
        var kept = old.AsSpan(_start, _end - _start);
        if (length > old.Length) { _buffer = GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)length), pinned: true); }

        kept.CopyTo(_buffer);
        CryptographicOperations.ZeroMemory(ReferenceEquals(old, _buffer) ? old.AsSpan(kept.Length, _end - kept.Length) : old);
        (_start, _end) = (0, kept.Length);
    }
}

/// <summary>The initialization (<c>ftyp</c> + <c>moov</c>) or a fragment (<c>moof</c> + <c>mdat</c>).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Mp4Unit(Memory<byte> Bytes, bool IsInitialization);
