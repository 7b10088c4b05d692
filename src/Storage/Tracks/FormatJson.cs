using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tracks;

/// <summary>How the format's JSON is written and read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(JwsHeader))]
[JsonSerializable(typeof(KeyFile))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(IReadOnlyList<Gap>))]
[JsonSerializable(typeof(ConsentReceipt))]
[JsonSerializable(typeof(Countersignature))]
public sealed partial class FormatJson : JsonSerializerContext;

/// <summary>A JWS header: algorithm, type, RFC 7638 thumbprint, public key.</summary>
/// <remarks>Source: RFC 7515 §4.1.</remarks>
public sealed record JwsHeader(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("typ")] string Type,
    [property: JsonPropertyName("kid")] string? KeyId,
    [property: JsonPropertyName("jwk")] PublicSigningKey? Key);

/// <summary>Times as the format has them: RFC 3339, UTC, milliseconds.</summary>
public sealed class FormatTimeConverter : JsonConverter<DateTimeOffset>
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));
}
