using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>Picks the language that a browser asks for, out of those that there are.</summary>
/// <remarks>RFC 9110 §12.5.4, RFC 4647 §3.4: a region (<c>de-AT</c>) is served with its language; <c>q=0</c> excludes one. What is malformed counts as not said.</remarks>
public static class LanguageNegotiation
{
    private const int LongestHeader = 1000;

    /// <summary>The language of who has not chosen one yet; English where the browser asks for none that there is.</summary>
    public static ParticipantLanguage Of(HttpRequest request) => ParticipantLanguage.OfOrEnglish(
        Choose(request.Headers.AcceptLanguage, [.. ParticipantLanguage.All.Select(language => language.Tag)], ParticipantLanguage.English.Tag));

    /// <param name="header">Accept-Language, as sent by anybody.</param>
    /// <param name="available">At least one tag.</param>
    /// <param name="otherwise">Taken where nothing fits and it is available; else the first that is.</param>
    public static string Choose(string? header, IReadOnlyList<string> available, string otherwise)
    {
        var wanted = Wanted(header).ToList();
        var excluded = wanted.Where(range => range.Quality == 0).Select(range => Primary(range.Value)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var range in wanted.Where(range => range.Quality != 0).OrderByDescending(range => range.Quality ?? 1))
        {
            var primary = Primary(range.Value);
            if (!excluded.Contains(primary) && available.FirstOrDefault(tag => tag.Equals(primary, StringComparison.OrdinalIgnoreCase)) is { } found) { return found; }
        }

        var left = available.Where(tag => !excluded.Contains(tag)).ToList() is { Count: > 0 } some ? some : available;
        return left.Contains(otherwise) ? otherwise : left[0];
    }

    private static IList<StringWithQualityHeaderValue> Wanted(string? header) =>
        header is { Length: > 0 and <= LongestHeader } && StringWithQualityHeaderValue.TryParseList(header.Split(','), out var ranges) ? ranges : [];

    private static string Primary(StringSegment range) => range.Value!.Split('-')[0];
}
