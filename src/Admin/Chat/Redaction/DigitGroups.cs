namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Digits that touch, between two separators. Positions count UTF-16 code units of the message.</summary>
/// <param name="First">Index of its first digit among the digits of the stretch.</param>
/// <param name="OnNewLine">A line break lies between it and the group before.</param>
internal readonly record struct DigitGroup(int Start, int End, int First, int Count, bool OnNewLine);

/// <summary>A stretch of digit groups with nothing but separators between them: a card number lies within one.</summary>
internal sealed class DigitGroups
{
    private readonly List<byte> _digits = [];
    private readonly List<DigitGroup> _groups = [];

    public IReadOnlyList<DigitGroup> Groups => _groups;

    /// <summary>Value, 0 to 9, of a digit of the stretch.</summary>
    public int this[int index] => _digits[index];

    public int DigitCount => _digits.Count;

    /// <summary>Whether the message has this many digits at all: most have not, and are not looked at closer.</summary>
    public static bool HasDigits(string text, int count)
    {
        foreach (var unit in text)
        {
            if (char.IsAsciiDigit(unit) || (unit > 127 && (char.IsDigit(unit) || char.IsHighSurrogate(unit)))) { count--; }
        }

        return count <= 0;
    }

    /// <summary>Reads the next stretch at or after this position.</summary>
    /// <returns>Where to look for the one after it, or null at the end of the message when there was none.</returns>
    public int? ReadFrom(string text, int position)
    {
        _digits.Clear();
        _groups.Clear();
        var (glyph, start, onNewLine) = (Glyph.Other, 0, false);
        for (; position < text.Length; position += ReadOne(text, position, ref glyph, ref start, ref onNewLine))
        {
            if (glyph == Glyph.Other && _digits.Count > 0) { return position; }
        }

        if (Glyph.IsDigit(glyph)) { Close(start, position, onNewLine); }
        return _digits.Count > 0 ? position : null;
    }

    private int ReadOne(string text, int position, ref char glyph, ref int start, ref bool onNewLine)
    {
        var wasDigit = Glyph.IsDigit(glyph);
        glyph = Glyph.At(text, position, out var length);
        if (Glyph.IsLetter(glyph)) { glyph = Glyph.Other; }
        if (Glyph.IsDigit(glyph))
        {
            if (!wasDigit) { start = position; }
            _digits.Add((byte)(glyph - '0'));
        }
        else
        {
            if (wasDigit)
            {
                Close(start, position, onNewLine);
                onNewLine = false;
            }

            onNewLine |= glyph == Glyph.LineBreak;
        }

        return length;
    }

    private void Close(int start, int end, bool onNewLine)
    {
        var first = _groups is [.., var last] ? last.First + last.Count : 0;
        _groups.Add(new(start, end, first, _digits.Count - first, onNewLine && _groups.Count > 0));
    }
}
