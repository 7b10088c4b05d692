using System.Buffers;
using System.Text;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Puts markers in the place of findings. Findings that overlap become one, named by the first; markers that are there already are never cut, nor replaced for their own sake.</summary>
internal sealed class Replacement(string[] markers)
{
    private readonly SearchValues<string> _markers = SearchValues.Create(markers, StringComparison.Ordinal);

    /// <summary>Replaces what was found, and adds the names that are new to <paramref name="kinds"/>.</summary>
    /// <returns>False when nothing but markers was found: the text stays as it is.</returns>
    public bool TryApply(ref string text, List<Finding> found, List<string> kinds)
    {
        var present = MarkersIn(text);
        var source = text;
        var merged = Merge(found.Select(finding => Whole(source, finding, present))).Where(finding => HasMoreThanMarkers(source, finding, present)).ToList();
        if (merged.Count == 0) { return false; }

        var (result, position) = (new StringBuilder(text.Length), 0);
        foreach (var finding in merged)
        {
            result.Append(text, position, finding.Start - position).Append(finding.Kind.Marker);
            position = finding.End;
            if (!kinds.Contains(finding.Kind.Name, StringComparer.Ordinal)) { kinds.Add(finding.Kind.Name); }
        }

        text = result.Append(text, position, text.Length - position).ToString();
        return true;
    }

    private List<Finding> MarkersIn(string text)
    {
        var present = new List<Finding>();
        for (var position = 0; text.AsSpan(position).IndexOfAny(_markers) is var skipped and >= 0;)
        {
            var start = position + skipped;
            position = text.IndexOf(']', start) + 1; // no name has a bracket, so this one is the marker's
            present.Add(new(start, position, SecretKind.NotChecked));
        }

        return present;
    }

    /// <summary>Widened to whole markers and whole surrogate pairs.</summary>
    private static Finding Whole(string text, Finding finding, List<Finding> present)
    {
        var (start, end) = (finding.Start, finding.End);
        if (Around(start, present) is { } first) { start = first.Start; }
        if (Around(end, present) is { } last) { end = last.End; }
        if (start > 0 && char.IsSurrogatePair(text[start - 1], text[start])) { start--; }
        if (end < text.Length && char.IsSurrogatePair(text[end - 1], text[end])) { end++; }
        return finding with { Start = start, End = end };
    }

    /// <summary>The marker that has this position within it, not at one of its ends.</summary>
    private static Finding? Around(int position, List<Finding> present)
    {
        var index = FirstEndingBehind(position, present);
        return index < present.Count && present[index].Start < position ? present[index] : null;
    }

    private static int FirstEndingBehind(int position, List<Finding> present)
    {
        var (low, high) = (0, present.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (present[middle].End > position) { high = middle; } else { low = middle + 1; }
        }

        return low;
    }

    private static IEnumerable<Finding> Merge(IEnumerable<Finding> found)
    {
        Finding? open = null;
        foreach (var finding in found.OrderBy(finding => finding.Start).ThenBy(finding => finding.Kind.Rank))
        {
            if (open is { } earlier && finding.Start < earlier.End)
            {
                open = earlier with { End = Math.Max(earlier.End, finding.End) };
                continue;
            }

            if (open is { } done) { yield return done; }
            open = finding;
        }

        if (open is { } last) { yield return last; }
    }

    private static bool HasMoreThanMarkers(string text, Finding finding, List<Finding> present)
    {
        for (var (position, index) = (finding.Start, FirstEndingBehind(finding.Start, present)); position < finding.End;)
        {
            if (index < present.Count && present[index].Start == position) { position = present[index++].End; }
            else if (!char.IsWhiteSpace(text[position++])) { return true; }
        }

        return false;
    }
}
