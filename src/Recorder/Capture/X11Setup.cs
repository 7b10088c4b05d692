using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace SecureRecorder.Recorder.Capture;

/// <summary>What an X server says when a connection is set up, of the screen that was asked for.</summary>
/// <param name="IdBase">What every identifier of this connection begins with.</param>
/// <param name="IdMask">The bits that are this connection's to choose.</param>
/// <param name="MostSignificantFirst">How the bits of a bitmap lie in a byte.</param>
/// <param name="Colormap">The screen's default one.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <remarks>Source: X Window System Protocol, X Version 11, §8 and appendix B.</remarks>
internal sealed record X11Setup(uint Root, uint IdBase, uint IdMask, bool MostSignificantFirst, uint Colormap, int Width, int Height)
{
    /// <exception cref="CannotCaptureException">The server refuses this user, or has no such screen.</exception>
    public static X11Setup Read(Socket socket, X11DisplayName name)
    {
        Greet(socket, name);
        var header = X11Connection.Receive(socket, 8);
        var body = X11Connection.Receive(socket, Word(header, 6) * 4);
        if (header[0] != 1)
        {
            var reason = Encoding.ASCII.GetString(body, 0, Math.Min(header[1], body.Length)).Trim();
            throw new CannotCaptureException($"The X server of display '{name}' refuses this user: {(reason.Length > 0 ? reason : "no reason given")}. Check DISPLAY and XAUTHORITY.");
        }

        var at = 32 + X11Connection.Padded(Word(body, 16)) + body[21] * 8;
        var screens = body[20];
        if (name.Screen >= screens) { throw new CannotCaptureException($"Display '{name}' has {screens} screen(s); there is no screen {name.Screen}."); }
        for (var screen = 0; screen < name.Screen; screen++)
        {
            var depths = body[at + 39];
            at += 40;
            for (var depth = 0; depth < depths; depth++) { at += 8 + Word(body, at + 2) * 24; }
        }

        return new(Long(body, at), Long(body, 4), Long(body, 8), body[23] == 1, Long(body, at + 4), Word(body, at + 20), Word(body, at + 22));
    }

    private static void Greet(Socket socket, X11DisplayName name)
    {
        var cookie = X11Authority.FindCookie(name);
        var scheme = cookie.Length == 0 ? "" : X11Authority.Scheme;
        var hello = new byte[12 + X11Connection.Padded(scheme.Length) + X11Connection.Padded(cookie.Length)];
        hello[0] = (byte)'l';
        hello[2] = 11;
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(6), (ushort)scheme.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(8), (ushort)cookie.Length);
        Encoding.ASCII.GetBytes(scheme, hello.AsSpan(12));
        cookie.CopyTo(hello, 12 + X11Connection.Padded(scheme.Length));
        socket.Send(hello);
    }

    private static ushort Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint Long(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
