namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Payment card numbers: 13 to 19 digits with the check digit of ISO/IEC 7812-1 annex B (Luhn), however they are grouped.</summary>
/// <remarks>
/// Every sequence of whole groups within a stretch of digits and separators is tried, so that neither an expiry date nor a code behind the number hides it; a digit run is never cut.
/// A scheme is judged by ISO/IEC 7812's major industries 2 to 6; after a 2 comes 1 to 7, which spares the years and misses no scheme that issues (Mir 2200–2204, Mastercard 2221–2720).
/// Over a line break only what is grouped as on a card counts: lists of numbers would add up to one by chance.
/// </remarks>
internal static class CardNumbers
{
    private const int Shortest = 13;
    private const int Longest = 19;

    private static readonly int[][] GroupingsOnCards = [[4, 4, 4, 4], [4, 4, 4, 4, 3], [4, 6, 5], [4, 6, 4]];

    public static void Find(string text, List<Finding> found)
    {
        if (!DigitGroups.HasDigits(text, Shortest)) { return; }

        var stretch = new DigitGroups();
        for (var position = stretch.ReadFrom(text, 0); position is { } next; position = stretch.ReadFrom(text, next))
        {
            if (stretch.DigitCount < Shortest) { continue; }
            for (var first = 0; first < stretch.Groups.Count; first++)
            {
                if (BeginsLikeAScheme(stretch, stretch.Groups[first].First)) { FindFrom(stretch, first, found); }
            }
        }
    }

    private static bool BeginsLikeAScheme(DigitGroups stretch, int digit) =>
        stretch[digit] is >= 3 and <= 6 || (stretch[digit] == 2 && digit + 1 < stretch.DigitCount && stretch[digit + 1] is >= 1 and <= 7);

    private static void FindFrom(DigitGroups stretch, int first, List<Finding> found)
    {
        // the check digit is not doubled: which digits are depends on the length, so both sums are kept
        Span<int> sums = [0, 0];
        var count = 0;
        for (var last = first; last < stretch.Groups.Count && count + stretch.Groups[last].Count <= Longest; last++)
        {
            var group = stretch.Groups[last];
            for (var index = group.First; index < group.First + group.Count; index++, count++)
            {
                var doubled = stretch[index] * 2;
                sums[count & 1] += stretch[index];
                sums[~count & 1] += doubled > 9 ? doubled - 9 : doubled;
            }

            if (count >= Shortest && sums[(count - 1) & 1] % 10 == 0 && IsOneNumber(stretch, first, last))
            {
                found.Add(new(stretch.Groups[first].Start, stretch.Groups[LastOfCard(stretch, last)].End, SecretKind.Card));
            }
        }
    }

    private static bool IsOneNumber(DigitGroups stretch, int first, int last)
    {
        var groups = stretch.Groups.Skip(first).Take(last - first + 1).ToList();
        return !groups.Skip(1).Any(group => group.OnNewLine)
            || Array.Exists(GroupingsOnCards, grouping => grouping.SequenceEqual(groups.Select(group => group.Count)));
    }

    /// <summary>The last group of what goes with the number: an expiry date (12/27, 12/2027, 1227), and the security code behind it or behind the number itself.</summary>
    private static int LastOfCard(DigitGroups stretch, int last)
    {
        var (month, year, whole) = (OnSameLine(stretch, last + 1), OnSameLine(stretch, last + 2), last);
        if (month is { Count: 4 } && IsMonth(stretch, month.Value.First, 2)) { whole = last + 1; }
        else if (month is { Count: 1 or 2 } && year is { Count: 2 or 4 } && IsMonth(stretch, month.Value.First, month.Value.Count)) { whole = last + 2; }

        var code = OnSameLine(stretch, whole + 1);
        return code is { Count: 3 } || (whole > last && code is { Count: 4 }) ? whole + 1 : whole;
    }

    private static DigitGroup? OnSameLine(DigitGroups stretch, int index) =>
        index < stretch.Groups.Count && !stretch.Groups[index].OnNewLine ? stretch.Groups[index] : null;

    private static bool IsMonth(DigitGroups stretch, int digit, int length) =>
        (length == 1 ? stretch[digit] : stretch[digit] * 10 + stretch[digit + 1]) is >= 1 and <= 12;
}
