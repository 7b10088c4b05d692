using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureRecorder.Recorder.Capture;

/// <summary>
/// A connection to an X server, for questions only (sizes, monitors, windows): what is to be recorded must be there before
/// a code is used up, and nothing may be captured to find out. It needs no X library.
/// </summary>
/// <remarks>Source: X Window System Protocol, X Version 11, §8 and appendix B; RandR 1.5. Little-endian; one request at a time.</remarks>
internal sealed class X11Connection : IDisposable
{
    private const int ReplyHeader = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;

    private X11Connection(Socket socket, uint root) => (_socket, Root) = (socket, root);

    /// <summary>The screen's root window.</summary>
    public uint Root { get; }

    /// <exception cref="CannotCaptureException">No X server answers there, or it refuses this user.</exception>
    public static X11Connection Open(string display)
    {
        var name = X11DisplayName.Parse(display);
        var socket = Connect(name);
        try
        {
            return new(socket, Handshake(socket, name));
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

    /// <summary>Sends a request and reads its reply; <see langword="null"/>: the server answered with an error.</summary>
    /// <param name="body">What follows the four bytes of the header; a multiple of 4 bytes.</param>
    public byte[]? Ask(byte opcode, byte detail, ReadOnlySpan<byte> body)
    {
        var request = new byte[4 + body.Length];
        (request[0], request[1]) = (opcode, detail);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(2), (ushort)(request.Length / 4));
        body.CopyTo(request.AsSpan(4));
        _socket.Send(request);
        while (true)
        {
            var header = Receive(_socket, ReplyHeader);
            if (header[0] == 0) { return null; }
            var more = header[0] is 1 or 35 ? BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)) * 4 : 0;
            byte[] whole = more == 0 ? header : [.. header, .. Receive(_socket, more)];
            if (header[0] == 1) { return whole; } // else an event: nobody asked for it
        }
    }

    /// <summary>A request whose body is this many 32-bit values.</summary>
    public byte[]? Ask(byte opcode, byte detail, params ReadOnlySpan<uint> values)
    {
        var body = new byte[values.Length * sizeof(uint)];
        for (var i = 0; i < values.Length; i++) { BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(i * sizeof(uint)), values[i]); }
        return Ask(opcode, detail, body.AsSpan());
    }

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

    private static uint Handshake(Socket socket, X11DisplayName name)
    {
        var cookie = X11Authority.FindCookie(name);
        var scheme = cookie.Length == 0 ? "" : X11Authority.Scheme;
        var hello = new byte[12 + Padded(scheme.Length) + Padded(cookie.Length)];
        hello[0] = (byte)'l';
        hello[2] = 11;
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(6), (ushort)scheme.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(8), (ushort)cookie.Length);
        Encoding.ASCII.GetBytes(scheme, hello.AsSpan(12));
        cookie.CopyTo(hello, 12 + Padded(scheme.Length));
        socket.Send(hello);

        var header = Receive(socket, 8);
        var body = Receive(socket, BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6)) * 4);
        if (header[0] != 1)
        {
            var reason = Encoding.ASCII.GetString(body, 0, Math.Min(header[1], body.Length)).Trim();
            throw new CannotCaptureException($"The X server of display '{name}' refuses this user: {(reason.Length > 0 ? reason : "no reason given")}. Check DISPLAY and XAUTHORITY.");
        }

        var at = 32 + Padded(BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(16))) + body[21] * 8;
        var screens = body[20];
        if (name.Screen >= screens) { throw new CannotCaptureException($"Display '{name}' has {screens} screen(s); there is no screen {name.Screen}."); }
        for (var screen = 0; screen < name.Screen; screen++)
        {
            var depths = body[at + 39];
            at += 40;
            for (var depth = 0; depth < depths; depth++) { at += 8 + BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(at + 2)) * 24; }
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(at));
    }

    private static byte[] Receive(Socket socket, int length)
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

    private static int Padded(int length) => (length + 3) / 4 * 4;
}

/// <summary><c>host:number.screen</c>; no host: this machine.</summary>
internal sealed record X11DisplayName(string Host, int Number, int Screen)
{
    /// <exception cref="CannotCaptureException">Not the name of a display.</exception>
    public static X11DisplayName Parse(string display)
    {
        var match = System.Text.RegularExpressions.Regex.Match(
            display, "^(?:(?<host>[^/:]*)|unix|.*/unix):(?<number>[0-9]{1,5})(?:\\.(?<screen>[0-9]{1,3}))?$",
            System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!match.Success) { throw new CannotCaptureException($"'{display}' is not the name of an X display; one looks like ':0'."); }
        var host = match.Groups["host"].Value is "unix" ? "" : match.Groups["host"].Value;
        return new(host, int.Parse(match.Groups["number"].ValueSpan), match.Groups["screen"].Success ? int.Parse(match.Groups["screen"].ValueSpan) : 0);
    }

    public override string ToString() => Screen == 0 ? $"{Host}:{Number}" : $"{Host}:{Number}.{Screen}";
}
