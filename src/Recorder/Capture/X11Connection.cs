using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureRecorder.Recorder.Capture;

/// <summary>
/// A connection to an X server: questions (sizes, monitors, windows), because what is to be recorded must be there before a code is
/// used up and nothing may be captured to find out; and the recorder's own window. It needs no X library.
/// </summary>
/// <remarks>Source: X Window System Protocol, X Version 11, §8 and appendix B; RandR 1.5. Little-endian. One question at a time.</remarks>
internal sealed class X11Connection : IDisposable
{
    private const int MessageLength = 32; // of an event, an error, and what a reply begins with
    private const byte Error = 0;
    private const byte Reply = 1;
    private const byte GenericEvent = 35;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly Lock _sending = new();
    private readonly Queue<byte[]> _events = new(); // that came while a reply was waited for
    private ushort _sequence;
    private uint _ids;

    private X11Connection(Socket socket, X11Setup setup) => (_socket, Setup) = (socket, setup);

    /// <summary>What the server said of itself and its screen.</summary>
    public X11Setup Setup { get; }

    /// <summary>The screen's root window.</summary>
    public uint Root => Setup.Root;

    /// <summary>The code of the first error that a request without a reply ran into, as far as it was read; <see langword="null"/>: none.</summary>
    public byte? Fault { get; private set; }

    /// <exception cref="CannotCaptureException">No X server answers there, or it refuses this user.</exception>
    public static X11Connection Open(string display)
    {
        var name = X11DisplayName.Parse(display);
        var socket = Connect(name);
        try
        {
            return new(socket, X11Setup.Read(socket, name));
        }
        catch (SocketException failed)
        {
            socket.Dispose();
            throw new CannotCaptureException($"The X server of display '{display}' does not answer: {failed.Message}", failed);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>An identifier for a window, pixmap, font or graphics context of this connection.</summary>
    public uint NewId()
    {
        _ids += Setup.IdMask & (~Setup.IdMask + 1);
        return Setup.IdBase | _ids;
    }

    /// <summary>Sends a request and reads its reply; <see langword="null"/>: the server answered with an error.</summary>
    /// <param name="body">What follows the four bytes of the header; a multiple of 4 bytes.</param>
    public byte[]? Ask(byte opcode, byte detail, ReadOnlySpan<byte> body)
    {
        var asked = Tell(opcode, detail, body);
        while (true)
        {
            var header = Receive(_socket, MessageLength);
            var more = Following(header);
            byte[] whole = more == 0 ? header : [.. header, .. Receive(_socket, more)];
            var isOurs = BinaryPrimitives.ReadUInt16LittleEndian(whole.AsSpan(2)) == asked;
            switch (whole[0])
            {
                case Reply when isOurs: return whole;
                case Error when isOurs: return null;
                case Error: Fault ??= whole[1]; break;
                default: _events.Enqueue(whole); break;
            }
        }
    }

    /// <summary>Sends a request that has no reply, or whose reply <see cref="NextAsync"/> brings. Safe for concurrent use.</summary>
    /// <returns>Its sequence number.</returns>
    /// <exception cref="SocketException">The server is gone.</exception>
    public ushort Tell(byte opcode, byte detail, ReadOnlySpan<byte> body)
    {
        var request = new byte[4 + body.Length];
        (request[0], request[1]) = (opcode, detail);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(2), (ushort)(request.Length / 4));
        body.CopyTo(request.AsSpan(4));
        lock (_sending)
        {
            _socket.Send(request);
            return ++_sequence;
        }
    }

    /// <summary>The next event, error or reply. For one reader, who asks nothing any more.</summary>
    /// <exception cref="CannotCaptureException">The server closed the connection.</exception>
    /// <exception cref="SocketException">The server is gone.</exception>
    public async ValueTask<byte[]> NextAsync(CancellationToken cancellation)
    {
        if (_events.TryDequeue(out var earlier)) { return earlier; }

        var message = new byte[MessageLength];
        await FillAsync(message, cancellation);
        if (Following(message) is not 0 and var more)
        {
            Array.Resize(ref message, MessageLength + more);
            await FillAsync(message.AsMemory(MessageLength), cancellation);
        }

        return message;
    }

    /// <summary>A request whose body is this many 32-bit values.</summary>
    public byte[]? Ask(byte opcode, byte detail, params ReadOnlySpan<uint> values)
    {
        return Ask(opcode, detail, Bytes(values).AsSpan());
    }

    /// <summary>A request without a reply whose body is this many 32-bit values.</summary>
    public void Tell(byte opcode, byte detail, params ReadOnlySpan<uint> values) => Tell(opcode, detail, Bytes(values).AsSpan());

    /// <summary>A request with a text: its length, two bytes of nothing, the text, padded.</summary>
    public byte[]? Ask(byte opcode, byte detail, string text)
    {
        var body = new byte[4 + Padded(text.Length)];
        BinaryPrimitives.WriteUInt16LittleEndian(body, (ushort)text.Length);
        Encoding.ASCII.GetBytes(text, body.AsSpan(4));
        return Ask(opcode, detail, body.AsSpan());
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Connect(X11DisplayName name)
    {
        List<EndPoint> places = name.Host.Length > 0
            ? [new DnsEndPoint(name.Host, 6000 + name.Number)]
            : [new UnixDomainSocketEndPoint($"/tmp/.X11-unix/X{name.Number}"), new UnixDomainSocketEndPoint($"\0/tmp/.X11-unix/X{name.Number}")];
        SocketException? failure = null;
        foreach (var place in places)
        {
            var socket = place is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.ReceiveTimeout = socket.SendTimeout = (int)Patience.TotalMilliseconds;
                socket.Connect(place);
                return socket;
            }
            catch (SocketException failed)
            {
                socket.Dispose();
                failure = failed;
            }
        }

        throw new CannotCaptureException($"There is no display '{name}': no X server answers there ({failure!.Message}).", failure);
    }

    private static byte[] Bytes(ReadOnlySpan<uint> values)
    {
        var bytes = new byte[values.Length * sizeof(uint)];
        for (var i = 0; i < values.Length; i++) { BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), values[i]); }
        return bytes;
    }

    private static int Following(byte[] header) => header[0] is Reply or GenericEvent ? BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)) * 4 : 0;

    private async ValueTask FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (buffer.Length > 0)
        {
            var read = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellation);
            if (read == 0) { throw new CannotCaptureException("The X server closed the connection."); }
            buffer = buffer[read..];
        }
    }

    internal static byte[] Receive(Socket socket, int length)
    {
        var buffer = new byte[length];
        for (var at = 0; at < length;)
        {
            var read = socket.Receive(buffer, at, length - at, SocketFlags.None);
            if (read == 0) { throw new CannotCaptureException("The X server closed the connection."); }
            at += read;
        }

        return buffer;
    }

    internal static int Padded(int length) => (length + 3) / 4 * 4;
}
