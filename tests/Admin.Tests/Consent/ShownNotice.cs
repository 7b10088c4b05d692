using System.Net;
using System.Text.RegularExpressions;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>The notice's text as it stands on a page: what the page's module reads and hashes.</summary>
internal static partial class ShownNotice
{
    /// <summary>Lines of a section joined by LF, sections by an empty line, in the order of the document, whether their part is open or not.</summary>
    /// <param name="page">HTML as it was sent.</param>
    public static string TextOf(string page)
    {
        var article = ArticlePattern().Match(page).Groups["inside"].Value;
        return string.Join("\n\n", SectionPattern().Matches(article).Select(section =>
            string.Join('\n', LinePattern().Matches(section.Groups["inside"].Value).Select(line => WebUtility.HtmlDecode(line.Groups["text"].Value)))));
    }

    [GeneratedRegex("<article id=\"notice\"[^>]*>(?<inside>.*?)</article>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex ArticlePattern();

    [GeneratedRegex("<section[^>]*>(?<inside>.*?)</section>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex SectionPattern();

    [GeneratedRegex("<(?<tag>[a-z0-9]+)[^>]* data-line[^>]*>(?<text>[^<]*)</\\k<tag>>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinePattern();
}
