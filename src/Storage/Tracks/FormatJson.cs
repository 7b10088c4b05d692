using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tracks;

/// <summary>How the format's JSON is written and read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(JwsHeader))]
[JsonSerializable(typeof(KeyFile))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(IReadOnlyList<Gap>))]
[JsonSerializable(typeof(ConsentReceipt))]
[JsonSerializable(typeof(Countersignature))]
[JsonSerializable(typeof(DeletionCertificate))]
[JsonSerializable(typeof(DeletedObjects))]
[JsonSerializable(typeof(Keys.Expiry.ExpiryKeyRecord))]
[JsonSerializable(typeof(Keys.Expiry.KeyDestructionCertificate))]
[JsonSerializable(typeof(Audit.AuditCheckpoint))]
[JsonSerializable(typeof(Audit.AuditLine))]
public sealed partial class FormatJson : JsonSerializerContext;

/// <summary>A JWS header: algorithm, type, RFC 7638 thumbprint, public key.</summary>
/// <remarks>Source: RFC 7515 §4.1.</remarks>
public sealed record JwsHeader(
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("typ")] string Type,
    [property: JsonPropertyName("kid")] string? KeyId = null,
    [property: JsonPropertyName("jwk")] PublicSigningKey? Key = null,
    [property: JsonPropertyName("crit"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] JsonElement Critical = default);

/// <summary>Times as the format has them: RFC 3339, UTC, milliseconds.</summary>
public sealed class FormatTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Pattern = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Pattern);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
        && DateTimeOffset.TryParseExact(reader.GetString(), Pattern, null, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new JsonException("A time is not RFC 3339 in UTC with milliseconds, such as 2026-01-02T03:04:05.678Z.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));
}
