using System.Buffers;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Credentials within an address and within a header of HTTP.</summary>
internal static class Credentials
{
    private const int LongestUserInfo = 512;

    private static readonly SearchValues<char> AddressEnds = SearchValues.Create(" \t\r\n\u00A0\u2028\u2029\"'<>`");
    private static readonly string[] Schemes = ["Basic", "Bearer", "Token", "ApiKey", "Negotiate", "NTLM"];

    /// <summary>The password of user:password@host (RFC 3986 §3.2.1, deprecated there and pasted everywhere).</summary>
    /// <param name="start">Behind the two slashes.</param>
    public static Finding? InAuthority(string text, int start)
    {
        var address = text.AsSpan(start, Math.Min(LongestUserInfo, text.Length - start));
        if (address.IndexOfAny(AddressEnds) is var length and >= 0) { address = address[..length]; }

        var authority = address.IndexOfAny("/?#") is var path and >= 0 ? address[..path] : address;
        var colon = authority.IndexOf(':');
        if (colon < 0) { return null; }

        var at = authority.LastIndexOf('@');
        if (at < 0 && authority[0] != '[' && authority[(colon + 1)..].ContainsAnyExceptInRange('0', '9')) { at = address.IndexOf('@'); } // no port, so a password with a slash
        return at > colon + 1 ? new(start + colon + 1, start + at, SecretKind.Password) : null;
    }

    /// <summary>What follows the name of the header Authorization: a scheme and what it carries (RFC 9110 §11.4).</summary>
    public static Finding? InHeader(string text, int position)
    {
        position = SkipAny(text, position, "\"' \t");
        if (position == text.Length || text[position] is not (':' or '=' or ',')) { return null; }

        position = SkipAny(text, position + 1, "\"' \t");
        var word = text.AsSpan(position);
        word = word[..KeyShape.LengthOf(word, KeyShape.Base62)];
        foreach (var scheme in Schemes)
        {
            if (!word.Equals(scheme, StringComparison.OrdinalIgnoreCase)) { continue; }
            var start = SkipAny(text, position + word.Length, " \t");
            var end = start + KeyShape.LengthOf(text.AsSpan(start), KeyShape.Token);
            return end > start ? new(start, end, SecretKind.Key) : null;
        }

        return null;
    }

    /// <summary>A bearer token outside a header: long and with a digit, unlike the bearer of bad news.</summary>
    public static Finding? OfBearer(string text, int start)
    {
        const int Shortest = 16;
        var length = KeyShape.LengthOf(text.AsSpan(start), KeyShape.Token);
        var token = text.AsSpan(start, length).TrimEnd('.');
        return token.Length >= Shortest && token.ContainsAnyInRange('0', '9') ? new(start, start + token.Length, SecretKind.Key) : null;
    }

    private static int SkipAny(string text, int position, string blanks)
    {
        while (position < text.Length && blanks.Contains(text[position], StringComparison.Ordinal)) { position++; }
        return position;
    }
}
