using Microsoft.Playwright;

namespace SecureRecorder.Story.Tests;

/// <summary>Opening a page from one that may load itself anew at the same moment, as pages do when a session or an export goes on.</summary>
internal static class PageNavigation
{
    private const int Tries = 4;

    /// <summary>Opens an address; where the page that is left came in between, once more.</summary>
    /// <param name="path">Below <paramref name="server"/>, or an address of its own.</param>
    public static async Task<IResponse?> GoAsync(this IPage page, Uri server, string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var answer = await page.GotoAsync(new Uri(server, path).ToString());
                if (answer is not null || tries == Tries) { return answer; }
            }
            catch (PlaywrightException interrupted) when (tries < Tries && IsOfAnother(interrupted.Message))
            {
                // once more
            }
        }
    }

    private static bool IsOfAnother(string message) =>
        message.Contains("interrupted by another navigation", StringComparison.Ordinal) || message.Contains("ERR_ABORTED", StringComparison.Ordinal);
}
