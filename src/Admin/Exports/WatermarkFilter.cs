using System.Text;

namespace SecureRecorder.Admin.Exports;

/// <summary>ffmpeg's filter that burns a text into a video. Whatever the text says, it stays text.</summary>
internal static class WatermarkFilter
{
    /// <summary>Characters of the text that are burned in.</summary>
    internal const int Longest = 160;

    /// <remarks>
    /// Two parsers take one layer of escapes off each, the filter graph's and the filter's; a backslash before every character that is no letter or digit is right for both.
    /// The third layer, ffmpeg's own expansion of <c>%{…}</c>, is turned off.
    /// </remarks>
    public static string Of(string text) =>
        $"drawtext=expansion=none:text={Escape(Escape(Clean(text)))}:fontsize=max(h/45\\,12):fontcolor=white@0.8:borderw=1:bordercolor=black@0.8:x=w-tw-12:y=h-th-12";

    private static string Clean(string text)
    {
        var clean = Receipts.Printable.Line(text);
        return clean.Length <= Longest ? clean : string.Concat(clean.EnumerateRunes().Take(Longest - 1).Select(rune => rune.ToString())) + "…";
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length * 2);
        foreach (var c in text)
        {
            if (c < 0x80 && !char.IsAsciiLetterOrDigit(c)) { escaped.Append('\\'); }
            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
