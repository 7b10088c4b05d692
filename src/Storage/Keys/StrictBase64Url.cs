using System.Buffers;
using System.Buffers.Text;

namespace SecureRecorder.Storage.Keys;

/// <summary>Base64url as the format has it: no padding, no white space, no unused bits set, so that the same bytes have one text only.</summary>
/// <remarks>Source: RFC 7515 §2. The framework's decoder alone also takes padding and white space.</remarks>
internal static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <exception cref="FormatException">Not canonical base64url.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExcept(Alphabet) < 0
            ? Base64Url.DecodeFromChars(text)
            : throw new FormatException("a part of it is not base64url without padding");

    /// <summary>Whether this is the text of exactly so many bytes.</summary>
    public static bool IsOf(int length, ReadOnlySpan<char> text) =>
        text.IndexOfAnyExcept(Alphabet) < 0 && Base64Url.IsValid(text, out var decoded) && decoded == length;
}
