using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Tracks;

public sealed class JwsTests : IDisposable
{
    private const string Type = "example+jws";
    private readonly SigningKey _key = SigningKey.Create();
    private readonly SigningKey _other = SigningKey.Create();

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void What_was_signed_verifies_and_names_its_key()
    {
        var compact = Jws.Sign("{\"a\":1}"u8, Type, _key);

        var verified = Jws.Verify(compact, Type);

        Assert.Equal("{\"a\":1}"u8, verified.Payload);
        Assert.Equal(_key.Public, verified.Key);
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(compact.Split('.')[0]))!.AsObject();
        Assert.Equal(["alg", "typ", "kid", "jwk"], header.Select(member => member.Key));
        Assert.Equal("ES256", (string?)header["alg"]);
        Assert.Equal(_key.Public.Thumbprint, (string?)header["kid"]);
        Assert.True(JsonNode.DeepEquals(SignedText.Jwk(_key.Public), header["jwk"]));
    }

    [Fact]
    public void A_header_without_kid_verifies_as_a_browser_writes_it()
    {
        var header = SignedText.Header(_key, Type);
        header["jwk"]!["ext"] = true;
        header["jwk"]!["key_ops"] = new JsonArray("verify");

        Assert.Equal("{}"u8, Jws.Verify(SignedText.Sign(_key, header.ToJsonString(), "{}"), Type).Payload);
    }

    public static TheoryData<string, Func<JsonObject, SigningKey, string>> Headers => new()
    {
        { "no algorithm", (header, _) => With(header, "alg", "none") },
        { "an algorithm in other letters", (header, _) => With(header, "alg", "es256") },
        { "another algorithm", (header, _) => With(header, "alg", "ES384") },
        { "a shared key's algorithm", (header, _) => With(header, "alg", "HS256") },
        { "a missing algorithm", (header, _) => Without(header, "alg") },
        { "critical extensions", (header, _) => With(header, "crit", new JsonArray("exp")) },
        { "critical extensions that are null", (header, _) => With(header, "crit", null) },
        { "another type", (header, _) => With(header, "typ", "secure-recorder-manifest+jws") },
        { "a missing type", (header, _) => Without(header, "typ") },
        { "a kid of another key", (header, other) => With(header, "kid", other.Public.Thumbprint) },
        { "another key", (header, other) => With(header, "jwk", SignedText.Jwk(other.Public)) },
        { "a missing key", (header, _) => Without(header, "jwk") },
        { "a key that is null", (header, _) => With(header, "jwk", null) },
        { "a key without y", (header, _) => With(header, "jwk", Without(header["jwk"]!.AsObject(), "y", parse: true)) },
        { "a key on another curve", (header, _) => With(header, "jwk", Set(header, "crv", "P-384")) },
        { "a key of another kind", (header, _) => With(header, "jwk", Set(header, "kty", "RSA")) },
        { "a key off the curve", (header, _) => With(header, "jwk", Set(header, "y", new string('A', 43))) },
        { "a key that is too short", (header, _) => With(header, "jwk", Set(header, "x", "AAAA")) },
        { "a key written with padding", (header, _) => With(header, "jwk", Set(header, "x", (string)header["jwk"]!["x"]! + "=")) },
        { "a name twice", (header, _) => header.ToJsonString().Replace("{\"alg\"", "{\"alg\":\"none\",\"alg\"", StringComparison.Ordinal) },
        { "a list", (_, _) => "[]" },
        { "null", (_, _) => "null" },
        { "a number", (_, _) => "1" },
        { "no JSON", (_, _) => "alg: ES256" },
        { "nothing", (_, _) => "" },
    };

    [Theory, MemberData(nameof(Headers), DisableDiscoveryEnumeration = true)]
    public void A_header_with_this_is_refused_however_well_it_is_signed(string what, Func<JsonObject, SigningKey, string> header)
    {
        var compact = SignedText.Sign(_key, header(SignedText.Header(_key, Type), _other), "{}");

        var refused = Record.Exception(() => Jws.Verify(compact, Type));

        Assert.True(refused is TrackAlteredException, $"{what}: {refused}");
    }

    [Fact]
    public void Any_other_text_is_refused()
    {
        var compact = Jws.Sign("{\"a\":1}"u8, Type, _key);
        var (header, payload, signature) = compact.Split('.') is [var h, var p, var s] ? (h, p, s) : default;
        using var same = ECDsa.Create();
        same.ImportFromPem(_key.ToPem());
        var der = same.SignData(Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        string[] others =
        [
            "", ".", "..", "...", header, $"{header}.{payload}", $"{header}.{payload}.", $"{header}..{signature}", $".{payload}.{signature}", $"{compact}.", $"{compact}.x",
            $"{compact}\n", $" {compact}", $"{compact}=", $"{header}=.{payload}.{signature}", $"{header}.{payload}\n.{signature}", $"{header}.{payload}=.{signature}",
            $"{header}.{SignedText.Text("{\"a\":2}")}.{signature}",
            $"{header}.{payload}.{Base64Url.EncodeToString(new byte[64])}",
            $"{header}.{payload}.{signature[..^4]}", $"{header}.{payload}.{signature}AAAA",
            $"{header}.{payload}.{Base64Url.EncodeToString(der)}",
            $"{header}.{payload}.{Base64Url.EncodeToString(_other.Sign(Encoding.ASCII.GetBytes($"{header}.{payload}")))}",
            compact.Replace(header[..4], "é" + header[1..4], StringComparison.Ordinal),
        ];

        Assert.Equal("{\"a\":1}"u8, Jws.Verify(compact, Type).Payload);
        Assert.All(others, text => Assert.Throws<TrackAlteredException>(() => Jws.Verify(text, Type)));
    }

    [Fact]
    public void Only_a_private_key_on_P_256_signs()
    {
        using var otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        using var copy = SigningKey.FromPem(_key.ToPem());
        using var publicHalf = ECDsa.Create();
        publicHalf.ImportFromPem(_key.ToPem());

        Assert.Equal(_key.Public, copy.Public);
        Assert.True(_key.Public.Verify("data"u8, copy.Sign("data"u8)));
        Assert.False(_key.Public.Verify("other"u8, copy.Sign("data"u8)));
        Assert.False(_key.Public.Verify("data"u8, copy.Sign("data"u8).AsSpan(1)));
        string[] others = [otherCurve.ExportPkcs8PrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(), publicHalf.ExportSubjectPublicKeyInfoPem(), "not a key", ""];
        Assert.All(others, pem => Assert.Throws<CryptographicException>(() => SigningKey.FromPem(pem)));
    }

    private static string With(JsonObject header, string name, JsonNode? value)
    {
        header[name] = value;
        return header.ToJsonString();
    }

    private static string Without(JsonObject header, string name)
    {
        header.Remove(name);
        return header.ToJsonString();
    }

    private static JsonNode Without(JsonObject member, string name, bool parse) => parse ? JsonNode.Parse(Without(member, name))! : member;

    private static JsonNode Set(JsonObject header, string name, string value)
    {
        var key = JsonNode.Parse(header["jwk"]!.ToJsonString())!;
        key[name] = value;
        return key;
    }
}
