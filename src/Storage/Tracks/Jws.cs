using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tracks;

/// <summary>Compact JSON Web Signatures with ES256, the only algorithm that the format knows.</summary>
/// <remarks>Source: RFC 7515, RFC 7518 §3.4. A header with another <c>alg</c>, with <c>crit</c> or with a repeated name is refused.</remarks>
public static class Jws
{
    /// <summary>Length of an ES256 signature in bytes: r ‖ s.</summary>
    public const int SignatureLength = 64;

    /// <summary>Signs a payload. The header names the type, the key's thumbprint and the public key.</summary>
    public static string Sign(ReadOnlySpan<byte> payload, string type, SigningKey key)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(new JwsHeader("ES256", type, key.Public.Thumbprint, key.Public), FormatJson.Default.JwsHeader);
        var signingInput = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{signingInput}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signingInput)))}";
    }

    /// <summary>The type that it says of itself. Nothing is checked: that is what it is to be verified as.</summary>
    /// <returns><see langword="null"/>: it says none, or is no compact JWS.</returns>
    public static string? TypeOf(string compact)
    {
        try
        {
            return JsonSerializer.Deserialize(StrictBase64Url.Decode(compact.Split('.')[0]), FormatJson.Default.JwsHeader)?.Type;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads a JWS of this type and checks its signature against the key in its own header.</summary>
    /// <remarks>That proves who signed only when the caller compares <see cref="VerifiedJws.Key"/> with the key that it expects.</remarks>
    /// <exception cref="TrackAlteredException">Not a compact JWS, another type or algorithm, or a signature that does not match.</exception>
    public static VerifiedJws Verify(string compact, string type)
    {
        try
        {
            var parts = compact.Split('.');
            if (parts.Length != 3) { throw new FormatException("it does not have three parts"); }

            var header = JsonSerializer.Deserialize(StrictBase64Url.Decode(parts[0]), FormatJson.Default.JwsHeader)
                ?? throw new FormatException("its header is empty");
            if (header.Critical.ValueKind != JsonValueKind.Undefined) { throw new FormatException("its header has critical extensions"); }
            if (header.Algorithm != "ES256") { throw new FormatException($"its algorithm is '{header.Algorithm}', not ES256"); }
            if (header.Type != type) { throw new FormatException($"its type is '{header.Type}'"); }
            if (header.Key is null) { throw new FormatException("its header has no key"); }
            if (header.KeyId is not null && header.KeyId != header.Key.Thumbprint) { throw new FormatException("its kid is not its key's thumbprint"); }

            var signature = StrictBase64Url.Decode(parts[2]);
            if (!header.Key.Verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature)) { throw new FormatException("its signature does not match"); }
            return new(StrictBase64Url.Decode(parts[1]), header.Key);
        }
        catch (Exception refused) when (refused is FormatException or JsonException or CryptographicException or ArgumentException)
        {
            throw new TrackAlteredException($"This is not a valid {type}: {refused.Message}.", refused);
        }
    }

    /// <summary>The same, and what the payload says.</summary>
    /// <param name="isKnown">Whether it is of a version that is known, and its members fit each other.</param>
    /// <param name="what">What it is called in messages.</param>
    /// <inheritdoc cref="Verify" path="/remarks"/>
    /// <inheritdoc cref="Verify" path="/exception"/>
    internal static (T Said, PublicSigningKey Signer) Read<T>(string compact, string type, JsonTypeInfo<T> shape, Predicate<T> isKnown, string what) where T : class
    {
        var verified = Verify(compact, type);
        try
        {
            return JsonSerializer.Deserialize(verified.Payload, shape) is { } said && isKnown(said) ? (said, verified.Key) : throw new TrackAlteredException($"This is no {what} of a version that is known, or its members contradict each other.");
        }
        catch (JsonException malformed)
        {
            throw new TrackAlteredException($"The {what} is not what it should be: {malformed.Message}", malformed);
        }
    }
}

/// <summary>The payload of a JWS whose signature matched <paramref name="Key"/>.</summary>
public sealed record VerifiedJws(byte[] Payload, PublicSigningKey Key);
