using System.Globalization;
using System.Text;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>How a character reads to somebody who looks for a number: disguises are undone, and what merely stands between digits is one thing.</summary>
/// <remarks>
/// A decimal digit of any script (Unicode category Nd) is '0' to '9', a Latin letter of either width and case is 'A' to 'Z'.
/// Spaces, dots, dashes, slashes, underscores, bullets, and all that is invisible or only decorates (categories Cf, Cc, Mn, Me, Zs, Pd) are a <see cref="Separator"/>.
/// </remarks>
internal static class Glyph
{
    public const char Separator = ' ';
    public const char LineBreak = '\n';

    /// <summary>Anything else: it ends a number.</summary>
    public const char Other = '\0';

    private const int WidthOffset = '！' - '!';
    private static readonly char[] Ascii = [.. Enumerable.Range(0, 128).Select(code => OfAscii((char)code))];

    /// <summary>The glyph at this index, and its length in UTF-16 code units. A lone surrogate is <see cref="Other"/>.</summary>
    public static char At(string text, int index, out int length)
    {
        length = 1;
        var unit = text[index];
        if (unit < 128) { return Ascii[unit]; }
        if (unit is >= '！' and <= '～') { return Ascii[unit - WidthOffset]; }
        return Rune.TryGetRuneAt(text, index, out var rune) ? Of(rune, out length) : Other;
    }

    public static bool IsDigit(char glyph) => glyph is >= '0' and <= '9';

    public static bool IsLetter(char glyph) => glyph is >= 'A' and <= 'Z';

    private static char OfAscii(char unit) => unit switch
    {
        >= 'a' and <= 'z' => (char)(unit - 'a' + 'A'),
        '\n' or '\r' or '\v' or '\f' => LineBreak,
        ' ' or '.' or '-' or '/' or '\\' or '_' => Separator,
        _ when char.IsControl(unit) => Separator,
        _ => char.IsAsciiLetterOrDigit(unit) ? unit : Other,
    };

    private static char Of(Rune rune, out int length)
    {
        length = rune.Utf16SequenceLength;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.DecimalDigitNumber => (char)('0' + (int)Rune.GetNumericValue(rune)),
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => LineBreak,
            UnicodeCategory.Control => rune.Value == '\u0085' ? LineBreak : Separator,
            UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => Separator,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation => Separator,
            _ => rune.Value is '·' or '•' or '‧' or '∙' or '−' or '⁄' or '∕' or '。' ? Separator : Other,
        };
    }
}
