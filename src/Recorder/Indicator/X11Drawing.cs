using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Indicator;

/// <summary>How the indicator looks: a coloured bar with a sign and the state, two lines, a button. Requests only, nothing is asked.</summary>
/// <remarks>Lengths are pixels at scale 1, in multiples of the font's character, whatever its size.</remarks>
internal sealed class X11Drawing
{
    private const int LineLength = 40; // characters; the longest of our own sentences has 39
    private const int Margin = 8;
    private const int RectanglesARequest = 1000;

    private static readonly (IndicatorTone Tone, int Colour)[] Bars =
        [(IndicatorTone.Waiting, 0x3b4a5c), (IndicatorTone.Recording, 0xc02626), (IndicatorTone.Paused, 0x7a5200), (IndicatorTone.Over, 0x3b4a5c)];

    private readonly X11Connection _x;
    private readonly uint _window;
    private readonly X11Glyphs _glyphs;
    private readonly int _scale;
    private readonly uint _pen;
    private readonly Dictionary<int, uint> _pixels = [];

    /// <param name="window">An identifier; the window need not exist before <see cref="Begin"/>.</param>
    /// <param name="screenHeight">Of the monitor on which it is shown.</param>
    public X11Drawing(X11Connection x, uint window, int screenHeight)
    {
        (_x, _window, _glyphs, _pen) = (x, window, X11Glyphs.Read(x), x.NewId());
        _scale = Math.Clamp((int)Math.Round(screenHeight / 540.0), 1, 6);
        foreach (var colour in Bars.Select(bar => bar.Colour).Append(Black).Append(White)) { _pixels[colour] = PixelOf(colour); }
    }

    public static int Black => 0x1a202c;
    public static int White => 0xffffff;

    public int Width => (LineLength * _glyphs.Width + 2 * Margin) * _scale;
    public int Height => (Line * 3 + ButtonHeight + Margin * 3) * _scale;

    /// <summary>Pixels between it and the edges of the monitor.</summary>
    public int Distance => 2 * Margin * _scale;

    private int Line => _glyphs.Height + 6;
    private int ButtonHeight => _glyphs.Height + 12;
    private int ButtonTop => Line * 3 + Margin * 2;

    public uint Pixel(int colour) => _pixels[colour];

    /// <summary>The window exists: its pen is made.</summary>
    public void Begin() => _x.Tell(55, 0, _pen, _window, 0);

    /// <summary>Whether this point of the window belongs to the button.</summary>
    public bool IsButton(IndicatorFace face, int x, int y) =>
        face.Stop is { } stop && x >= Margin * _scale && x < (Margin + ButtonWidth(stop)) * _scale && y >= ButtonTop * _scale && y < (ButtonTop + ButtonHeight) * _scale;

    public void Draw(IndicatorFace face)
    {
        var bar = Bars.First(known => known.Tone == face.Tone).Colour;
        Fill(bar, new Box(0, 0, Width, Height)); // its edge, and the bar
        Fill(White, new Box(_scale, (Line + Margin) * _scale, Width - 2 * _scale, Height - (Line + Margin + 1) * _scale));
        Sign(face.Tone);
        Write(face.Title, White, Margin + _glyphs.Height + Margin, (Line + Margin - _glyphs.Height) / 2, isBold: true);
        Write(face.Detail, Black, Margin, Line + Margin + 3);
        Write(face.Who, Black, Margin, Line * 2 + Margin);
        if (face.Stop is not { } stop) { return; }

        Fill(bar, new Box(Margin * _scale, ButtonTop * _scale, ButtonWidth(stop) * _scale, ButtonHeight * _scale));
        Fill(White, new Box((Margin + 8) * _scale, (ButtonTop + ButtonHeight / 2 - 4) * _scale, 8 * _scale, 8 * _scale)); // ■
        Write(stop, White, Margin + 24, ButtonTop + 6, isBold: true);
    }

    private int ButtonWidth(string stop) => 24 + Math.Min(stop.Length, LineLength - 4) * _glyphs.Width + 10;

    /// <summary>● recording, ‖ paused, ○ waiting, ■ over.</summary>
    private void Sign(IndicatorTone tone)
    {
        var (size, top) = (_glyphs.Height - 3, (Line + Margin - _glyphs.Height + 3) / 2);
        switch (tone)
        {
            case IndicatorTone.Paused:
                Fill(White, new Box((Margin + 1) * _scale, top * _scale, size / 3 * _scale, size * _scale), new Box((Margin + size - size / 3 - 1) * _scale, top * _scale, size / 3 * _scale, size * _scale));
                break;
            case IndicatorTone.Over:
                Fill(White, new Box(Margin * _scale, top * _scale, size * _scale, size * _scale));
                break;
            default:
                Circle(White, Margin, top, size);
                if (tone == IndicatorTone.Waiting) { Circle(Bars[0].Colour, Margin + 2, top + 2, size - 4); }
                break;
        }
    }

    private void Write(string text, int colour, int left, int top, bool isBold = false)
    {
        var space = LineLength - (left - Margin + _glyphs.Width - 1) / _glyphs.Width;
        var line = text.Length <= space ? text : string.Concat(text.AsSpan(0, space - 3), "...");
        var thicker = isBold ? Math.Max(1, _scale / 2) : 0;
        Fill(colour, [.. _glyphs.Runs(line).Select(run => new Box((left + run.X) * _scale, (top + run.Y) * _scale, run.Length * _scale + thicker, _scale))]);
    }

    private void Circle(int colour, int left, int top, int size)
    {
        Choose(colour);
        _x.Tell(71, 0, new X11Body().Long(_window).Long(_pen).Words(left * _scale, top * _scale, size * _scale, size * _scale, 0, 360 * 64).Bytes);
    }

    private void Fill(int colour, params Box[] boxes)
    {
        Choose(colour);
        foreach (var some in boxes.Chunk(RectanglesARequest))
        {
            var body = new X11Body().Long(_window).Long(_pen);
            foreach (var box in some) { body.Words(box.X, box.Y, box.Width, box.Height); }
            _x.Tell(70, 0, body.Bytes);
        }
    }

    private void Choose(int colour) => _x.Tell(56, 0, _pen, 0x4, _pixels[colour]);

    private uint PixelOf(int colour)
    {
        var answer = _x.Ask(84, 0, new X11Body().Long(_x.Setup.Colormap).Words(Part(16), Part(8), Part(0), 0).Bytes) ?? throw new CannotCaptureException("its X server has no colours left");
        return BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(16));

        int Part(int shift) => (colour >> shift & 0xff) * 0x101;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Box(int X, int Y, int Width, int Height);
}
