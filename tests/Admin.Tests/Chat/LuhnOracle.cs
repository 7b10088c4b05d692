using System.Globalization;
using System.Text;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>Looks for card numbers in another way than the product: by trying every window of whole digit groups, from the right, digit by digit.</summary>
internal static class LuhnOracle
{
    public static bool Passes(string digits)
    {
        var sum = 0;
        for (var index = 0; index < digits.Length; index++)
        {
            var value = (digits[^(index + 1)] - '0') * (1 + index % 2);
            sum += value / 10 + value % 10;
        }

        return sum % 10 == 0;
    }

    /// <summary>Whether 13 to 19 digits of whole groups, with nothing but blanks, marks and punctuation of numbers between them, begin with 3 to 6 or 21 to 27 and pass.</summary>
    public static bool HasNumber(string text)
    {
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category == UnicodeCategory.DecimalDigitNumber) { plain.Append((int)Rune.GetNumericValue(rune)); }
            else if (rune.Value is '\n' or '\r') { plain.Append('x'); } // lists of numbers are another test
            else if (category is UnicodeCategory.Format or UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation or UnicodeCategory.Control || rune.Value is '.' or '/' or '_' or '\\') { plain.Append(' '); }
            else { plain.Append('x'); }
        }

        return plain.ToString().Split('x').Any(stretch => HasWindow(stretch.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    private static bool HasWindow(string[] groups) => Enumerable.Range(0, groups.Length).Any(first =>
        Enumerable.Range(first + 1, Math.Min(19, groups.Length - first)).Where(end => end <= groups.Length).Any(end => IsCard(string.Concat(groups[first..end]))));

    private static bool IsCard(string digits) =>
        digits.Length is >= 13 and <= 19 && (digits[0] is >= '3' and <= '6' || (digits[0] == '2' && digits[1] is >= '1' and <= '7')) && Passes(digits);
}

/// <summary>A linear congruential generator (Knuth's MMIX): the same choices in every run.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public int Below(int limit)
    {
        _state = unchecked(_state * 6364136223846793005 + 1442695040888963407);
        return (int)((_state >> 33) % (ulong)limit);
    }

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
