using Microsoft.Playwright;

namespace SecureRecorder.TestServers;

/// <summary>Looks at a page with axe-core, as it stands in the browser, and whether it must be scrolled sideways (WCAG 1.4.10).</summary>
internal static class Accessibility
{
    private const string Check = """
        async () => {
          await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
          const moving = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
          await Promise.allSettled(moving.map((one) => one.finished)); // a colour on its way to another one is neither
          const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
          const wide = document.documentElement.scrollWidth - innerWidth;
          if (wide > 1) violations.push({ id: "reflow", help: `the page is ${wide} px wider than the window`, nodes: [] });
          return violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.target.join(" ")).join(", ")}`);
        }
        """;

    private const int Tries = 3;

    private static readonly Lazy<Task<string>> Axe = new(() => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.min.js")));

    /// <exception cref="InvalidOperationException">It violates a rule; the message names rule and elements.</exception>
    public static async Task RequireAsync(IPage page, string name)
    {
        var violations = await ViolationsAsync(page);
        if (violations.Length > 0) { throw new InvalidOperationException($"The page '{name}' ({page.Url}) violates WCAG:\n{string.Join('\n', violations)}"); }
    }

    /// <summary>A page that loads itself anew meanwhile, as it does when a session is over, is looked at again.</summary>
    private static async Task<string[]> ViolationsAsync(IPage page)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await page.EvaluateAsync(await Axe.Value); // not as a script element: the page's policy would not allow one
                return await page.EvaluateAsync<string[]>(Check);
            }
            catch (PlaywrightException left) when (tries < Tries && (left.Message.Contains("Execution context was destroyed", StringComparison.Ordinal) || left.Message.Contains("axe is not defined", StringComparison.Ordinal)))
            {
                await page.WaitForLoadStateAsync();
            }
        }
    }
}
