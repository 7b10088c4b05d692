using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace SecureRecorder.Recorder.Capture;

/// <summary>The cookie that an X server asks for, from the user's authority file.</summary>
/// <remarks>Source: Xau(3). Entries: family, address, display number, scheme, data; each a big-endian 16-bit length and bytes.</remarks>
internal static class X11Authority
{
    public const string Scheme = "MIT-MAGIC-COOKIE-1";

    private const ushort Local = 256;
    private const ushort Wild = 65535;

    /// <summary>Empty: there is none, and the server may do without.</summary>
    public static byte[] FindCookie(X11DisplayName display)
    {
        var path = Environment.GetEnvironmentVariable("XAUTHORITY") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".Xauthority");
        try
        {
            return File.Exists(path) ? Find(File.ReadAllBytes(path), display) : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return []; // the server says whether it can do without
        }
    }

    private static byte[] Find(ReadOnlySpan<byte> file, X11DisplayName display)
    {
        var host = display.Host.Length > 0 ? display.Host : Dns.GetHostName();
        byte[] fallback = [];
        while (file.Length > 2)
        {
            var family = BinaryPrimitives.ReadUInt16BigEndian(file);
            file = file[2..];
            var address = Next(ref file);
            var number = Encoding.ASCII.GetString(Next(ref file));
            var scheme = Encoding.ASCII.GetString(Next(ref file));
            var data = Next(ref file);
            if (scheme != Scheme || (number.Length > 0 && number != $"{display.Number}")) { continue; }
            if (family == Wild || (family == Local && Encoding.UTF8.GetString(address) == host)) { return data.ToArray(); }
            if (fallback.Length == 0) { fallback = data.ToArray(); } // the host was renamed, or the display is reached by its address
        }

        return fallback;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> file)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(file);
        var value = file.Slice(2, length);
        file = file[(2 + length)..];
        return value;
    }
}
