using System.Buffers;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>Keys and credentials that are known by their shape. Each is announced by a few fixed letters, and only behind these is looked closer.</summary>
internal static class Keys
{
    private const string WebToken = "eyJ";
    private const string PrivateKey = "-----BEGIN ";
    private const string Authority = "://";
    private const string Bearer = "Bearer ";
    private const string Authorization = "Authorization";

    private static readonly string[] AzureNames = ["AccountKey=", "SharedAccessKey="];

    private static readonly SearchValues<string> Announcements = SearchValues.Create(
        [WebToken, PrivateKey, Authority, Bearer, Authorization, .. AzureNames, .. KeyShape.Known.Select(shape => shape.Prefix)],
        StringComparison.OrdinalIgnoreCase);

    public static void Find(string text, List<Finding> found)
    {
        for (var at = 0; text.AsSpan(at).IndexOfAny(Announcements) is var skipped and >= 0;)
        {
            at += skipped;
            if (At(text, at) is { } finding)
            {
                found.Add(finding);
                at = finding.End;
            }
            else
            {
                at++;
            }
        }
    }

    private static Finding? At(string text, int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith(Authority, StringComparison.Ordinal)) { return Credentials.InAuthority(text, at + Authority.Length); }
        if (rest.StartsWith(PrivateKey, StringComparison.Ordinal)) { return PrivateKeyAt(text, at); }
        if (rest.StartsWith(WebToken, StringComparison.Ordinal)) { return WebTokenAt(text, at); }
        if (rest.StartsWith(Authorization, StringComparison.OrdinalIgnoreCase)) { return Credentials.InHeader(text, at + Authorization.Length); }
        if (rest.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) { return Credentials.OfBearer(text, at + Bearer.Length); }
        if (Array.Find(AzureNames, name => text.AsSpan(at).StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } azure) { return AzureAt(text, at + azure.Length); }

        foreach (var shape in KeyShape.Known)
        {
            if (rest.StartsWith(shape.Prefix, StringComparison.Ordinal) && shape.EndOf(text, at) is { } end) { return new(at, end, SecretKind.Key); }
        }

        return null;
    }

    /// <summary>A key of an Azure storage account or service bus: base64 of at least 128 bit.</summary>
    private static Finding? AzureAt(string text, int start)
    {
        const int Shortest = 22;
        var length = KeyShape.LengthOf(text.AsSpan(start), KeyShape.Base64);
        return length >= Shortest ? new(start, start + length, SecretKind.Key) : null;
    }

    /// <summary>JWS compact serialization (RFC 7515 §7.1) or JWE (RFC 7516 §7.1): base64url between dots, where an empty signature is allowed.</summary>
    private static Finding? WebTokenAt(string text, int start)
    {
        const int ShortestPart = 4;
        if (start > 0 && KeyShape.Base64Url.Contains(text[start - 1])) { return null; }

        var (end, parts) = (start + KeyShape.LengthOf(text.AsSpan(start), KeyShape.Base64Url), 1);
        while (parts < 5 && end < text.Length && text[end] == '.')
        {
            var length = KeyShape.LengthOf(text.AsSpan(end + 1), KeyShape.Base64Url);
            if (parts == 1 && length < ShortestPart) { return null; }
            if (parts > 2 && length == 0) { break; } // the full stop of a sentence
            (end, parts) = (end + 1 + length, parts + 1);
        }

        return parts >= 3 ? new(start, end, SecretKind.Key) : null;
    }

    /// <summary>RFC 7468 and its elders, and OpenPGP's armor (RFC 9580 §6.2). Without its last line, everything that follows goes.</summary>
    private static Finding? PrivateKeyAt(string text, int start)
    {
        const string LastLine = "-----END ";
        const string Dashes = "-----";
        const int LongestLabel = 64;
        var label = text.AsSpan(start + PrivateKey.Length);
        label = label[..Math.Min(label.Length, LongestLabel)];
        var length = label.IndexOf(Dashes);
        if (length < 0 || !label[..length].Contains("PRIVATE KEY", StringComparison.Ordinal)) { return null; }

        var last = text.IndexOf(LastLine, start, StringComparison.Ordinal);
        var end = last < 0 ? -1 : text.IndexOf(Dashes, last + LastLine.Length, StringComparison.Ordinal);
        return new(start, end < 0 ? text.Length : end + Dashes.Length, SecretKind.Key);
    }
}
