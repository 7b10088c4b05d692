using System.Buffers;
using System.Collections.Frozen;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Tells "my password is expired" from "my password is hunter2": the one begins with a word of this list and goes on in ordinary words.</summary>
/// <remarks>English, German, French, Spanish. When in doubt it is a password: a digit, a symbol within a word, or another first word.</remarks>
internal static class PlainTalk
{
    private const string Blanks = " \t\u00A0\u202F,;";
    private const string Punctuation = ".,;:!?…()\"-–";

    private static readonly SearchValues<char> BlankValues = SearchValues.Create(Blanks);
    private static readonly SearchValues<char> Silent = SearchValues.Create(Blanks + Punctuation);

    private static readonly FrozenSet<string> FirstWords = Words(
        """
        already asked being blank blocked changed compromised disabled empty entered expired expiring forgotten gone going hidden
        incorrect invalid leaked locked longer lost mandatory missing needed neither never no none not outdated
        rejected required reset saved still stored supposed too unknown visible what where wrong
        abgelaufen erforderlich falsch gesperrt geändert inkorrekt kein leer leider nicht noch nötig schon
        ungültig unbekannt vergessen verloren weg wieder zu zurückgesetzt
        bloqué bloquée encore erroné expiré faux incorrecte invalide mauvais obligatoire oublié pas perdu refusé requis toujours trop
        bloqueada caducada demasiado equivocada errónea expirada incorrecta inválida obligatoria olvidada perdida
        """);

    /// <summary>What could begin a passphrase as well, and so says nothing unless it stands alone.</summary>
    private static readonly FrozenSet<string> OnlyWords = Words("correct fine good okay right korrekt richtig gültig bon bonne juste correcta válida buena");

    /// <summary>Whether "is", "ist", "est", "es" is followed by such a word: the first of what stands from here to the end of the line.</summary>
    public static bool BeginsAt(string text, int position, LineMemory line)
    {
        var rest = text.AsSpan(position, line.EndOf(position) - position);
        var length = rest.IndexOfAny(BlankValues) is var blank and >= 0 ? blank : rest.Length;
        var word = rest[..length].Trim(Punctuation).ToString();
        return (OnlyWords.Contains(word) && rest[length..].IndexOfAnyExcept(Silent) < 0)
            || (FirstWords.Contains(word) && line.IsOrdinaryFrom(position + length));
    }

    /// <summary>Letters alone, in the case of a sentence, with the punctuation and the emoji of one.</summary>
    public static bool AreOrdinary(ReadOnlySpan<char> words)
    {
        foreach (var range in words.SplitAny(BlankValues))
        {
            if (!IsOrdinary(words[range].Trim(Punctuation))) { return false; }
        }

        return true;
    }

    private static bool IsOrdinary(ReadOnlySpan<char> word)
    {
        for (var index = 0; index < word.Length; index++)
        {
            var isInner = index > 0 && index < word.Length - 1;
            var isEmoji = word[index] > 127 && !char.IsLetterOrDigit(word[index]);
            if (!char.IsLetter(word[index]) && !isEmoji && !(isInner && word[index] is '\'' or '’' or '-')) { return false; }
            if (isInner && char.IsUpper(word[index]) && char.IsLower(word[index - 1])) { return false; }
        }

        return true;
    }

    private static FrozenSet<string> Words(string words) =>
        words.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
