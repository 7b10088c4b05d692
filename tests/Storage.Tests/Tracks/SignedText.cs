using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

/// <summary>Compact JWS with any header and payload, made without the product's code, and truly signed.</summary>
internal static class SignedText
{
    /// <summary>The public key as a header has it.</summary>
    public static JsonObject Jwk(PublicSigningKey key) => new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = key.X, ["y"] = key.Y };

    public static JsonObject Header(SigningKey key, string type) => new() { ["alg"] = "ES256", ["typ"] = type, ["jwk"] = Jwk(key.Public) };

    public static string Sign(SigningKey key, string header, string payload)
    {
        var input = $"{Text(header)}.{Text(payload)}";
        return $"{input}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public static string Sign(SigningKey key, string type, JsonNode payload) => Sign(key, Header(key, type).ToJsonString(), payload.ToJsonString());

    /// <summary>The payload of a compact JWS, for a test to change and sign again.</summary>
    public static JsonObject PayloadOf(string compact) => JsonNode.Parse(Base64Url.DecodeFromChars(compact.Split('.')[1]))!.AsObject();

    public static string Text(string part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part));
}
