using System.Buffers;
using System.Text.RegularExpressions;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>What is told after "password:", "Passwort lautet", "mot de passe =", "la clave es" and their like: up to the end of the line, or the quoted part.</summary>
/// <remarks>
/// The name is kept, and so are the quotes. With a colon or an equals sign the value may stand on the next line.
/// Every repetition of the expression is bounded: a name costs the same wherever it stands.
/// </remarks>
internal static partial class SecretPhrases
{
    private const int MatchMilliseconds = 1000;

    /// <summary>What stands where a value was left out.</summary>
    private static readonly SearchValues<char> SaysNothing = SearchValues.Create("?!.…*-_)] ");

    public static void Find(string text, List<Finding> found)
    {
        var phrase = Phrase().Match(text);
        var line = phrase.Success ? new LineMemory(text) : null;
        while (phrase.Success)
        {
            var end = phrase.Index + phrase.Length;
            if (BeginsAName(text, phrase) && ValueAfter(text, end, line!, phrase.Groups["sign"].Success) is { } value)
            {
                found.Add(new(value.Start, value.End, KindOf(phrase)));
                phrase = Phrase().Match(text, value.End);
            }
            else
            {
                phrase = Phrase().Match(text, phrase.Index + 1);
            }
        }
    }

    private static SecretKind KindOf(Match phrase) =>
        phrase.Groups["key"].Success ? SecretKind.Key : phrase.Groups["code"].Success ? SecretKind.SecurityCode : SecretKind.Password;

    /// <summary>Short names begin a word, or a part of a name in camel case (clientSecret); long ones may end one (Benutzerkennwort).</summary>
    private static bool BeginsAName(string text, Match phrase) =>
        !phrase.Groups["short"].Success || phrase.Index == 0 || !IsLatin(text[phrase.Index - 1])
        || (char.IsLower(text[phrase.Index - 1]) && char.IsUpper(text[phrase.Index]));

    private static bool IsLatin(char unit) => unit < 'ɐ' && char.IsLetter(unit);

    private static (int Start, int End)? ValueAfter(string text, int position, LineMemory line, bool hasSign)
    {
        var start = Value.Skip(text, position);
        if (hasSign && Value.IsAtLineEnd(text, start)) { start = Value.SkipLines(text, start); }

        if (!hasSign && PlainTalk.BeginsAt(text, start, line)) { return null; }
        var value = Value.At(text, start, line);
        var told = text.AsSpan(value.Start, value.End - value.Start);
        return told.IndexOfAnyExcept(SaysNothing) < 0 || (hasSign && Value.IsLink(told)) ? null : value;
    }

    [GeneratedRegex(
        """
        (?: pass(?:word|wd|phrase|code)s? | (?:pass|kenn)w(?:ort(?:e[sr]?|s)?|örtern?) | pwd | mots?[ _-]de[ _-]passe | contrase(?:ñ|n\u0303?)as?
          | (?<short> pass | pw | pins? | mdp | claves?
              | (?<key> (?:api|secret|client)[ _-]?(?:access[ _-]?)?(?:keys?|secrets?) | (?:access|auth|api|refresh|bearer)[ _-]?(?:keys?|tokens?) )
              | (?<code> cvv2? | cvc2? )
              | secrets? ) )
        (?: [_-][\p{L}\d]{1,20} ){0,3} \d{0,3}
        ["'`*”“»)\]]{0,3}
        (?: [\p{Zs}\t]{0,3} \( [^()\r\n]{0,40} \) )?
        (?: [\p{Zs}\t]{1,3} (?: number|code|phrase|nummer|numéro|número) )?
        (?: [\p{Zs}\t]{1,3} (?: for|of|to|on|from|in|at|für|zu[mr]?|vo[nm]|de[rsnm]?|im|pour|d[eu]|del|para|sur|en)
            (?: [\p{Zs}\t]{1,3} [\p{L}\p{N}_.@'’/\\-]{1,40} ){1,4}? )?
        ["'`*]{0,3} [\p{Zs}\t]{0,3}
        (?: (?<sign> [:=：＝]{1,3}>? )
          | (?<=[\p{Zs}\t]) (?: is|was|are|will[ ]be|ist|war|wird|lautet|sind|est|était|sera|sont|c['’]est|es|era|será|son) (?![\p{L}\p{N}_'’])
            [\p{Zs}\t]{0,3} (?<sign> [:=：＝]{1,3}>? )? )
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        MatchMilliseconds)]
    private static partial Regex Phrase();
}
