using System.Security.Cryptography;
using System.Text.Json;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>The server's key as whoever verifies a receipt knows it: a thumbprint, or a file with its JSON Web Key.</summary>
internal static class ServerKeyPin
{
    private const int ThumbprintLength = 43;
    private const int FileLimit = 16 << 10;

    /// <returns>The thumbprint.</returns>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public static string Read(string thumbprintOrFile)
    {
        if (!File.Exists(thumbprintOrFile))
        {
            return thumbprintOrFile.Length == ThumbprintLength && thumbprintOrFile.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                ? thumbprintOrFile
                : throw new InvalidDataException($"--server-key '{Printable.Line(thumbprintOrFile)}' is neither a thumbprint ({ThumbprintLength} characters of base64url) nor a file.");
        }

        try
        {
            var bytes = LimitedFile.Read(thumbprintOrFile, FileLimit) ?? throw new JsonException($"it has more than {FileLimit} bytes");
            var key = JsonSerializer.Deserialize(bytes, FormatJson.Default.PublicSigningKey) ?? throw new JsonException("it is null");
            key.Validate();
            return key.Thumbprint;
        }
        catch (Exception refused) when (refused is JsonException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"--server-key '{Printable.Line(thumbprintOrFile)}' holds no JSON Web Key of P-256: {refused.Message}", refused);
        }
    }
}
