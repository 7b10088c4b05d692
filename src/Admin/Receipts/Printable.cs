using System.Globalization;
using System.Text;

namespace SecureRecorder.Admin.Receipts;

/// <summary>Text of a file that somebody else made, as a terminal may have it: nothing in it moves the cursor, changes colours or turns lines around.</summary>
internal static class Printable
{
    /// <summary>On one line.</summary>
    public static string Line(string text) => Clean(text, keepLines: false);

    /// <summary>With its line ends.</summary>
    public static string Lines(string text) => Clean(text, keepLines: true);

    private static string Clean(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (rune.Value == '\n' && keepLines) { clean.Append('\n'); }
            else if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) { clean.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>"); }
            else { clean.Append(rune); }
        }

        return clean.ToString();
    }
}
