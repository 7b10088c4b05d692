using System.Buffers.Binary;
using System.Text;

namespace SecureRecorder.Recorder.Indicator;

/// <summary>The body of a request to an X server, little-endian.</summary>
internal sealed class X11Body
{
    private readonly List<byte> _bytes = [];

    /// <summary>Padded to a multiple of 4.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            while (_bytes.Count % 4 != 0) { _bytes.Add(0); }
            return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        }
    }

    public X11Body Long(uint value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        _bytes.AddRange(four);
        return this;
    }

    /// <summary>Values of 16 bits each, with or without a sign.</summary>
    public X11Body Words(params ReadOnlySpan<int> values)
    {
        foreach (var value in values)
        {
            _bytes.Add((byte)value);
            _bytes.Add((byte)(value >> 8));
        }

        return this;
    }

    public X11Body BigEndian(ushort value)
    {
        _bytes.Add((byte)(value >> 8));
        _bytes.Add((byte)value);
        return this;
    }

    /// <summary>A text's length and the text.</summary>
    public X11Body Text(string text) => Words(text.Length, 0).Raw(Encoding.ASCII.GetBytes(text));

    public X11Body Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
