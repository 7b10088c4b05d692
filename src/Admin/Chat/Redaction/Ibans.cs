namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>International bank account numbers: a country of the registry, its structure, and the check of ISO 7064 mod 97-10.</summary>
/// <remarks>One begins a word, or follows the word IBAN without a space; what touches its end does not matter, as its length is known.</remarks>
internal static class Ibans
{
    private const string Word = "IBAN";

    public static void Find(string text, List<Finding> found)
    {
        var afterAlphanumeric = false;
        for (var at = 0; at < text.Length; at++)
        {
            var unit = text[at];
            var isLetter = char.IsAsciiLetter(unit) || unit is >= 'Ａ' and <= 'ｚ';
            if (isLetter && (!afterAlphanumeric || FollowsItsName(text, at)) && EndOf(text, at) is { } end)
            {
                found.Add(new(at, end, SecretKind.Iban));
                at = end - 1;
            }

            afterAlphanumeric = char.IsAsciiLetterOrDigit(unit);
        }
    }

    private static bool FollowsItsName(string text, int at) => at >= Word.Length && text.AsSpan(0, at).EndsWith(Word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the IBAN that begins here ends, or null.</summary>
    private static int? EndOf(string text, int position)
    {
        Span<char> iban = stackalloc char[IbanStructures.LongestIban];
        for (var index = 0; index < 2; index++)
        {
            iban[index] = Next(text, ref position);
            if (!Glyph.IsLetter(iban[index])) { return null; }
        }

        if (IbanStructures.Of(iban[0], iban[1]) is not { } structure) { return null; }
        var length = 4 + structure.Length;
        for (var index = 2; index < length; index++)
        {
            iban[index] = Next(text, ref position);
            if (!Fits(iban[index], index < 4 ? 'n' : structure[index - 4])) { return null; }
        }

        return Remainder(iban[..4], Remainder(iban[4..length], 0)) == 1 ? position : null; // country and check digits are counted last
    }

    private static char Next(string text, ref int position)
    {
        while (position < text.Length)
        {
            var glyph = Glyph.At(text, position, out var length);
            position += length;
            if (glyph is not (Glyph.Separator or Glyph.LineBreak)) { return glyph; }
        }

        return Glyph.Other;
    }

    private static bool Fits(char glyph, char kind) => kind switch
    {
        'n' => Glyph.IsDigit(glyph),
        'a' => Glyph.IsLetter(glyph),
        _ => Glyph.IsDigit(glyph) || Glyph.IsLetter(glyph),
    };

    private static int Remainder(ReadOnlySpan<char> part, int remainder)
    {
        foreach (var glyph in part)
        {
            remainder = Glyph.IsDigit(glyph) ? (remainder * 10 + (glyph - '0')) % 97 : (remainder * 100 + (glyph - 'A' + 10)) % 97;
        }

        return remainder;
    }
}
