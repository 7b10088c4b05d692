using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Takes secrets out of a message before anybody else sees it: what was never stored need not be protected.</summary>
/// <remarks>Redacting the result again changes nothing. A message that could not be searched to its end is replaced as a whole.</remarks>
internal sealed class ChatRedactor(IOptions<RedactionOptions> options, TimeProvider clock)
{
    /// <summary>A removal can bring another secret to light, such as an administrator's pattern with a marker in it. That ends at once, or is made to.</summary>
    private const int MostRounds = 5;

    private readonly AdminPattern[] _patterns = [.. options.Value.Patterns.Select(pattern => new AdminPattern(pattern, clock))];
    private readonly Replacement _replacement = new([.. SecretKind.BuiltIn.Select(kind => kind.Marker), .. options.Value.Patterns.Select(pattern => SecretKind.Named(pattern.Name).Marker)]);

    public RedactedText Redact(string message)
    {
        try
        {
            var kinds = new List<string>();
            var text = message;
            for (var round = 0; round < MostRounds; round++)
            {
                var found = FindIn(text);
                if (found.Count == 0 || !_replacement.TryApply(ref text, found, kinds)) { return new(text, kinds); }
            }

            return RedactedText.NotChecked;
        }
        catch (RegexMatchTimeoutException)
        {
            return RedactedText.NotChecked;
        }
    }

    private List<Finding> FindIn(string text)
    {
        var found = new List<Finding>();
        Keys.Find(text, found);
        CardNumbers.Find(text, found);
        Ibans.Find(text, found);
        SecretPhrases.Find(text, found);
        foreach (var pattern in _patterns) { pattern.Find(text, found); }

        return found;
    }
}
