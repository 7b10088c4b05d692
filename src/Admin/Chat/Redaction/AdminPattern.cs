using System.Text.RegularExpressions;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>A pattern of an organization's own, matched by an automaton: the time grows with the message, whatever the pattern.</summary>
internal sealed class AdminPattern(RedactionPattern pattern, TimeProvider clock)
{
    /// <summary>What one pattern may spend on one message before the message counts as unchecked.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(50);

    /// <summary>Has places where assertions alone would match: between words, at ends of lines, before digits.</summary>
    private const string Probe = "a b\n0-9 é\n";

    private readonly Regex _regex = Compile(pattern.Pattern);

    public SecretKind Kind { get; } = SecretKind.Named(pattern.Name);

    /// <exception cref="RegexMatchTimeoutException">The message was not searched to its end.</exception>
    public void Find(string text, List<Finding> found)
    {
        var started = clock.GetTimestamp();
        foreach (var match in _regex.EnumerateMatches(text))
        {
            // a match is found in linear time, but there can be as many as characters
            if (clock.GetElapsedTime(started) > TimeLimit) { throw new RegexMatchTimeoutException(text, _regex.ToString(), TimeLimit); }
            if (match.Length > 0) { found.Add(new(match.Index, match.Index + match.Length, Kind)); }
        }
    }

    /// <summary>Why this pattern cannot be used, as the end of a sentence, or null.</summary>
    public static string? RefusalOf(string pattern)
    {
        try
        {
            var regex = Compile(pattern);
            if (regex.IsMatch("")) { return "matches the empty string: it would remove nothing, everywhere."; }
            foreach (var match in regex.EnumerateMatches(Probe))
            {
                if (match.Length == 0) { return "matches without any character: it must say what to remove."; }
            }

            return null;
        }
        catch (RegexParseException malformed)
        {
            return $"is not a regular expression, at character {malformed.Offset}: {malformed.Message}";
        }
        catch (NotSupportedException nonlinear)
        {
            return $"cannot be matched in linear time (back references, look-around, atomic groups and conditions cannot): {nonlinear.Message}";
        }
        catch (RegexMatchTimeoutException)
        {
            return $"takes longer than {TimeLimit.TotalMilliseconds} ms on {Probe.Length} characters.";
        }
    }

    private static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeLimit);
}
