using Microsoft.Playwright;

namespace SecureRecorder.TestServers;

/// <summary>Looks at a page with axe-core, as it stands in the browser.</summary>
internal static class Accessibility
{
    private const string Check = """
        async () => {
          const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
          return violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.target.join(" ")).join(", ")}`);
        }
        """;

    private static readonly Lazy<Task<string>> Axe = new(() => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.min.js")));

    /// <exception cref="InvalidOperationException">It violates a rule; the message names rule and elements.</exception>
    public static async Task RequireAsync(IPage page, string name)
    {
        await page.EvaluateAsync(await Axe.Value); // not as a script element: the page's policy would not allow one
        var violations = await page.EvaluateAsync<string[]>(Check);
        if (violations.Length > 0) { throw new InvalidOperationException($"The page '{name}' ({page.Url}) violates WCAG:\n{string.Join('\n', violations)}"); }
    }
}
