using System.Buffers;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>A key that tells its issuer: fixed letters, then at least so many characters of an alphabet.</summary>
/// <param name="Prefix">Compared with case.</param>
/// <param name="BeginsAWord">Short prefixes count only where no letter or digit stands before them, and with a digit in what follows.</param>
internal sealed record KeyShape(string Prefix, SearchValues<char> Alphabet, int Shortest, bool BeginsAWord = false)
{
    /// <summary>Characters that decide whether it is one: what fails is not read to its end for every prefix within.</summary>
    private const int LooksAhead = 256;

    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static readonly SearchValues<char> Base62 = SearchValues.Create(Alphanumeric);
    public static readonly SearchValues<char> Base64 = SearchValues.Create(Alphanumeric + "+/=");
    public static readonly SearchValues<char> Base64Url = SearchValues.Create(Alphanumeric + "-_");

    /// <summary>token68 of RFC 9110 §11.2.</summary>
    public static readonly SearchValues<char> Token = SearchValues.Create(Alphanumeric + "-._~+/=");

    private static readonly SearchValues<char> Upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> Base62AndLow = SearchValues.Create(Alphanumeric + "_");
    private static readonly SearchValues<char> Routable = SearchValues.Create(Alphanumeric + "-_.");
    private static readonly SearchValues<char> Base62AndHyphen = SearchValues.Create(Alphanumeric + "-");

    /// <summary>Lengths are those that the issuers document or issue, shortened where they announce to vary them.</summary>
    public static readonly IReadOnlyList<KeyShape> Known =
    [
        new("AKIA", Upper, 16, BeginsAWord: true), // Amazon Web Services: access keys, of accounts and temporary
        new("ASIA", Upper, 16, BeginsAWord: true),
        new("ghp_", Base62, 30), // GitHub: personal, OAuth, of apps to users and to servers, refresh
        new("gho_", Base62, 30),
        new("ghu_", Base62, 30),
        new("ghs_", Base62, 30),
        new("ghr_", Base62, 30),
        new("github_pat_", Base62AndLow, 22),
        new("glpat-", Routable, 20), // GitLab
        new("xoxa-", Base62AndHyphen, 10), // Slack
        new("xoxb-", Base62AndHyphen, 10),
        new("xoxp-", Base62AndHyphen, 10),
        new("xoxr-", Base62AndHyphen, 10),
        new("xoxs-", Base62AndHyphen, 10),
        new("sk_live_", Base62, 10), // Stripe
        new("rk_live_", Base62, 10),
        new("sk_test_", Base62, 10),
        new("rk_test_", Base62, 10),
        new("AIza", Base64Url, 35), // Google
        new("sk-", Base64Url, 20, BeginsAWord: true), // OpenAI, Anthropic
    ];

    /// <summary>Where the key that begins here with the prefix ends, or null.</summary>
    public int? EndOf(string text, int position)
    {
        if (BeginsAWord && position > 0 && char.IsAsciiLetterOrDigit(text[position - 1])) { return null; }
        var body = text.AsSpan(position + Prefix.Length);
        var length = LengthOf(body[..Math.Min(body.Length, LooksAhead)], Alphabet);
        if (length < Shortest || (BeginsAWord && !body[..length].ContainsAnyInRange('0', '9') && Alphabet != Upper)) { return null; }
        return position + Prefix.Length + body[..LengthOf(body, Alphabet)].TrimEnd('.').Length;
    }

    /// <summary>How many characters of the alphabet the text begins with.</summary>
    public static int LengthOf(ReadOnlySpan<char> text, SearchValues<char> alphabet) => text.IndexOfAnyExcept(alphabet) is var length and >= 0 ? length : text.Length;
}
