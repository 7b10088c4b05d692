using Microsoft.Playwright;

namespace SecureRecorder.TestServers;

/// <summary>Looks at a page with axe-core, as it stands in the browser, and whether it must be scrolled sideways (WCAG 1.4.10).</summary>
internal static class Accessibility
{
    private const string Check = """
        async () => {
          const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
          const wide = document.documentElement.scrollWidth - innerWidth;
          if (wide > 1) violations.push({ id: "reflow", help: `the page is ${wide} px wider than the window`, nodes: [] });
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
