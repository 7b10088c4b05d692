using System.Text.RegularExpressions;
using SecureRecorder.TestServers;

namespace SecureRecorder.TestServers.Tests;

/// <summary>What the threat model says nobody can do is shown by tests that exist.</summary>
public sealed partial class ThreatsTests
{
    [Fact]
    public void Every_test_that_the_threat_model_names_exists_and_every_claim_names_one()
    {
        var methods = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups["name"].Value}")).ToHashSet(StringComparer.Ordinal);
        var text = File.ReadAllText(Repository.File("deploy/THREATS.md"));
        var named = Named().Matches(text).Select(name => name.Groups["name"].Value).ToList();

        Assert.True(named.Count > 40, $"{named.Count} tests are named.");
        Assert.Equal([], named.Except(methods, StringComparer.Ordinal));
        var claims = text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| cannot |", StringComparison.Ordinal)).ToList();
        Assert.All(claims, claim => Assert.Matches(Named(), claim));
    }

    [GeneratedRegex(@"public (async Task|void) (?<name>[A-Z]\w+)\(", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Method();

    [GeneratedRegex(@"`(?<name>\w+Tests\.\w+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Named();
}
