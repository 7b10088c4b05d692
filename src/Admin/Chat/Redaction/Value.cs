using System.Buffers;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Where a value that somebody was told begins and ends. Positions count UTF-16 code units.</summary>
internal static class Value
{
    private const int LongestLink = 2000;

    private static readonly SearchValues<char> NotOfAPlainLink = SearchValues.Create(" @?#\t\u00A0");

    public static bool IsAtLineEnd(string text, int position) => position == text.Length || LineMemory.Ends.Contains(text[position]);

    /// <summary>Behind blanks and the asterisks of emphasis.</summary>
    public static int Skip(string text, int position)
    {
        while (!IsAtLineEnd(text, position) && (char.IsWhiteSpace(text[position]) || text[position] == '*')) { position++; }
        return position;
    }

    /// <summary>To the first character of the next line that has any.</summary>
    public static int SkipLines(string text, int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position])) { position++; }
        return Skip(text, position);
    }

    /// <summary>What lies between the quotes that open here, else the rest of the line without the blanks at its end.</summary>
    public static (int Start, int End) At(string text, int position, LineMemory line)
    {
        var end = line.EndOf(position);
        if (position < end && ClosingQuotesOf(text[position]) is { } closing && Closing(text, position + 1, end, closing) is { } quoted)
        {
            return (position + 1, quoted);
        }

        while (end > position && char.IsWhiteSpace(text[end - 1])) { end--; }
        return (position, end);
    }

    /// <summary>A page where a password is reset is no password, unless it carries one.</summary>
    public static bool IsLink(ReadOnlySpan<char> value) =>
        value.Length <= LongestLink && !value.ContainsAny(NotOfAPlainLink) && (value.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || value.StartsWith("http://", StringComparison.OrdinalIgnoreCase));

    /// <summary>An escaped quote does not close, nor one with a letter or digit behind it: it is part of the secret.</summary>
    private static int? Closing(string text, int position, int end, string closing)
    {
        for (; position < end; position++)
        {
            if (text[position] == '\\') { position++; }
            else if (closing.Contains(text[position], StringComparison.Ordinal) && (position + 1 == end || !char.IsLetterOrDigit(text[position + 1]))) { return position; }
        }

        return null;
    }

    private static string? ClosingQuotesOf(char opening) => opening switch
    {
        '"' => "\"",
        '\'' => "'",
        '`' => "`",
        '„' => "“”\"",
        '“' => "”\"",
        '‚' => "‘’'",
        '‘' => "’'",
        '«' => "»",
        '»' => "«",
        '‹' => "›",
        _ => null,
    };
}
