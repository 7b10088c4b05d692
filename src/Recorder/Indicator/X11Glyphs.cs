using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Indicator;

/// <summary>
/// The characters of a font that every X server has, read once as bitmaps. Drawn as rectangles they can be as large as the screen
/// needs; the font itself has one size, too small for many a screen.
/// </summary>
internal sealed class X11Glyphs
{
    private const int First = ' ';
    private const int PerRow = 64;
    private const uint ForegroundBackgroundFont = 0x4 | 0x8 | 0x4000;

    /// <summary>The better one has more than Latin-1; the other one is built into the server.</summary>
    private static readonly (string Name, int Last)[] Fonts = [("-misc-fixed-medium-r-semicondensed--13-120-75-75-c-60-iso10646-1", 0x17f), ("fixed", 0xff)];

    private readonly Run[][] _glyphs;

    private X11Glyphs(Run[][] glyphs, int width, int height) => (_glyphs, Width, Height) = (glyphs, width, height);

    /// <summary>Pixels of a character, at scale 1.</summary>
    public int Width { get; }

    /// <summary>Pixels of a line, at scale 1.</summary>
    public int Height { get; }

    /// <exception cref="CannotCaptureException">The server has no font.</exception>
    public static X11Glyphs Read(X11Connection x)
    {
        foreach (var (name, last) in Fonts)
        {
            if (x.Ask(49, 0, new X11Body().Words(1, name.Length).Raw(Encoding.ASCII.GetBytes(name)).Bytes) is not { } list || Word(list, 8) == 0) { continue; }

            var font = x.NewId();
            x.Tell(45, 0, new X11Body().Long(font).Text(name).Bytes);
            if (x.Ask(47, 0, font) is not { } metrics) { continue; }

            var (width, ascent, descent) = (Word(metrics, 28), Word(metrics, 52), Word(metrics, 54));
            if (width is < 4 or > 64 || ascent + descent is < 6 or > 128) { continue; }
            if (Draw(x, font, last, width, ascent, ascent + descent) is { } bits) { return new(Read(bits, x.Setup.MostSignificantFirst, last, width, ascent + descent), width, ascent + descent); }
        }

        throw new CannotCaptureException("its X server has no font 'fixed'");
    }

    /// <summary>A line's black stretches; characters that the font lacks become question marks.</summary>
    public IEnumerable<Run> Runs(string line)
    {
        for (var i = 0; i < line.Length; i++)
        {
            foreach (var run in _glyphs[Index(line[i])]) { yield return run with { X = i * Width + run.X }; }
        }
    }

    private int Index(char character) => (IsThere(character) ? character : '?') - First;

    private bool IsThere(char character) => character - First is var index && index >= 0 && index < _glyphs.Length && character is not (>= '\x7f' and <= '\x9f');

    /// <summary>All characters on one bitmap, and its bits.</summary>
    private static byte[]? Draw(X11Connection x, uint font, int last, int width, int ascent, int height)
    {
        var (bitmap, pen, rows) = (x.NewId(), x.NewId(), (last - First) / PerRow + 1);
        x.Tell(53, 1, new X11Body().Long(bitmap).Long(x.Root).Words(PerRow * width, rows * height).Bytes);
        x.Tell(55, 0, pen, bitmap, ForegroundBackgroundFont, 1, 0, font);
        for (var row = 0; row < rows; row++)
        {
            var body = new X11Body().Long(bitmap).Long(pen).Words(0, row * height + ascent);
            for (var column = 0; column < PerRow; column++) { body.BigEndian((ushort)Math.Min(First + row * PerRow + column, last)); }
            x.Tell(77, PerRow, body.Bytes);
        }

        var image = x.Ask(73, 1, new X11Body().Long(bitmap).Words(0, 0, PerRow * width, rows * height).Long(1).Bytes);
        x.Tell(60, 0, pen);
        x.Tell(54, 0, bitmap);
        x.Tell(46, 0, font);
        return image?[32..];
    }

    private static Run[][] Read(byte[] bits, bool mostSignificantFirst, int last, int width, int height)
    {
        var rows = (last - First) / PerRow + 1;
        var stride = bits.Length / (rows * height);
        var glyphs = new Run[last - First + 1][];
        for (var i = 0; i < glyphs.Length; i++)
        {
            var (left, top) = (i % PerRow * width, i / PerRow * height);
            List<Run> runs = [];
            for (var y = 0; y < height; y++)
            {
                for (var at = 0; at < width; at++)
                {
                    var from = at;
                    while (at < width && IsBlack(left + at, top + y)) { at++; }
                    if (at > from) { runs.Add(new(from, y, at - from)); }
                }
            }

            glyphs[i] = [.. runs];
        }

        return glyphs;

        bool IsBlack(int x, int y) => (bits[y * stride + x / 8] & (mostSignificantFirst ? 0x80 >> x % 8 : 1 << x % 8)) != 0;
    }

    private static ushort Word(byte[] reply, int at) => BinaryPrimitives.ReadUInt16LittleEndian(reply.AsSpan(at));
}

/// <summary>Pixels beside one another, at scale 1.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Run(int X, int Y, int Length);
