using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Keys;

public sealed class KeyWrappingTests(TestKek kek) : IClassFixture<TestKek>
{
    private static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");

    [Fact]
    public async Task The_public_half_alone_wraps_what_the_private_half_unwraps()
    {
        var json = JsonSerializer.Serialize(kek.Key.PublicKey); // all that a recorder is given
        Assert.DoesNotContain("\"d\"", json, StringComparison.OrdinalIgnoreCase);
        var publicHalf = JsonSerializer.Deserialize<KekPublicKey>(json)!;
        using var key = DataKey.Create();

        var wrapped = publicHalf.Wrap(Session, TrackName.Video, key);
        using var unwrapped = await kek.Key.UnwrapAsync(wrapped, TestContext.Current.CancellationToken);

        Assert.Equal(key.Bytes, unwrapped.Bytes);
        Assert.Equal(new("secure-recorder/key/1", Session, "video", "RSA-OAEP-256", kek.Key.PublicKey.Kid, wrapped.EncryptedKey), wrapped);
        Assert.NotEqual(wrapped.EncryptedKey, publicHalf.Wrap(Session, TrackName.Video, key).EncryptedKey);
    }

    [Fact]
    public void The_key_file_is_written_as_the_format_says()
    {
        using var key = DataKey.Create();

        var json = JsonSerializer.SerializeToElement(kek.Key.PublicKey.Wrap(Session, TrackName.Video, key), FormatJson.Default.KeyFile);

        Assert.Equal(["format", "session", "track", "alg", "kid", "encrypted_key"], json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(384, Base64Url.DecodeFromChars(json.GetProperty("encrypted_key").GetString()).Length);
        Assert.Equal(43, json.GetProperty("kid").GetString()!.Length);
    }

    [Fact]
    public async Task Another_kek_does_not_unwrap_and_the_message_names_both()
    {
        using var key = DataKey.Create();
        using var other = new TestKek();
        var wrapped = other.Key.PublicKey.Wrap(Session, TrackName.Video, key);

        var refused = await RefusedAsync(wrapped);
        Assert.Contains(wrapped.Kid, refused.Message, StringComparison.Ordinal);
        Assert.Contains(kek.Key.PublicKey.Kid, refused.Message, StringComparison.Ordinal);

        await RefusedAsync(wrapped with { Kid = kek.Key.PublicKey.Kid }); // a false name does not help
    }

    [Fact]
    public async Task An_altered_wrapped_key_does_not_unwrap()
    {
        using var key = DataKey.Create();
        var wrapped = kek.Key.PublicKey.Wrap(Session, TrackName.Video, key);
        var bytes = Base64Url.DecodeFromChars(wrapped.EncryptedKey);
        bytes[100] ^= 1;
        using var rsa = RSA.Create();
        rsa.ImportFromPem(await File.ReadAllTextAsync(kek.Path, TestContext.Current.CancellationToken));
        var tooShort = rsa.Encrypt(new byte[16], RSAEncryptionPadding.OaepSHA256);
        var otherPadding = rsa.Encrypt(key.Bytes, RSAEncryptionPadding.OaepSHA1);

        string[] altered =
        [
            Base64Url.EncodeToString(bytes), Base64Url.EncodeToString(bytes.AsSpan(1)), Base64Url.EncodeToString(tooShort), Base64Url.EncodeToString(otherPadding),
            wrapped.EncryptedKey + "=", wrapped.EncryptedKey + "\n", "not base64url!", "",
        ];

        foreach (var text in altered) { await RefusedAsync(wrapped with { EncryptedKey = text }); }
        await RefusedAsync(wrapped with { Alg = "RSA-OAEP" });
        await RefusedAsync(wrapped with { Alg = "dir" });
    }

    [Fact]
    public void Nothing_is_wrapped_for_a_kek_that_is_weak_or_asks_for_another_algorithm()
    {
        using var key = DataKey.Create();
        using var small = RSA.Create(2048);
        var sound = kek.Key.PublicKey;

        KekPublicKey[] unsound =
        [
            sound with { Jwk = RsaPublicJwk.From(small) },
            sound with { Alg = "RSA1_5" },
            sound with { Jwk = sound.Jwk with { KeyType = "EC" } },
            sound with { Jwk = sound.Jwk with { Modulus = "" } },
            sound with { Jwk = sound.Jwk with { Modulus = sound.Jwk.Modulus + "==" } },
            sound with { Jwk = sound.Jwk with { Modulus = "AA" + sound.Jwk.Modulus[2..] } },
            sound with { Jwk = sound.Jwk with { Exponent = "AQ" } },
            sound with { Jwk = sound.Jwk with { Exponent = "" } },
        ];

        Assert.All(unsound, weak => Assert.Throws<CryptographicException>(() => weak.Wrap(Session, TrackName.Video, key)));
    }

    [Fact]
    public void The_thumbprint_is_the_one_of_RFC_7638()
    {
        var example = new RsaPublicJwk( // RFC 7638 §3.1
            "RSA",
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "AQAB");

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", example.Thumbprint);
    }

    private async Task<KeyUnwrapException> RefusedAsync(KeyFile wrapped) =>
        await Assert.ThrowsAsync<KeyUnwrapException>(async () => await kek.Key.UnwrapAsync(wrapped, TestContext.Current.CancellationToken));
}
