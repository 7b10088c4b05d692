namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>Patterns of policies: <c>*</c> stands for any characters, <c>?</c> for one.</summary>
internal static class Glob
{
    /// <summary>Whether a pattern stands for everything that a text, or another pattern, stands for. Never says yes where it does not.</summary>
    public static bool Covers(string pattern, string other, bool ignoreCase = false)
    {
        // Greedy with one place to come back to: linear in practice, and no recursion for a hostile policy.
        var (at, from, star, resume) = (0, 0, -1, 0);
        while (from < other.Length)
        {
            if (at < pattern.Length && pattern[at] == '*') { (star, resume) = (at++, from); }
            else if (at < pattern.Length && (Same(pattern[at], other[from], ignoreCase) || (pattern[at] == '?' && other[from] != '*'))) { at++; from++; }
            else if (star >= 0) { at = star + 1; from = ++resume; }
            else { return false; }
        }

        while (at < pattern.Length && pattern[at] == '*') { at++; }
        return at == pattern.Length;
    }

    /// <summary>Whether some text begins with this prefix and matches the pattern.</summary>
    public static bool CanBeginWith(string pattern, string prefix)
    {
        var at = 0;
        for (; at < pattern.Length && at < prefix.Length; at++)
        {
            if (pattern[at] == '*') { return true; } // it stands for the rest of the prefix, and for what must come before the pattern's own rest
            if (pattern[at] != '?' && pattern[at] != prefix[at]) { return false; }
        }

        return at == prefix.Length;
    }

    public static bool HasWildcard(string text) => text.AsSpan().ContainsAny('*', '?');

    private static bool Same(char left, char right, bool ignoreCase) => ignoreCase ? char.ToLowerInvariant(left) == char.ToLowerInvariant(right) : left == right;
}
