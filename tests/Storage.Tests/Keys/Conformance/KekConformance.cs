using System.Buffers.Text;
using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Keys.Conformance;

/// <summary>What every key encryption key does, wherever it lies.</summary>
public abstract class KekConformance
{
    private protected static readonly Guid Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa");

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A new key, whose public half is known.</summary>
    private protected abstract Task<KekScene> MakeAsync();

    [Fact]
    public async Task What_recorders_wrap_with_the_public_half_it_unwraps()
    {
        await using var scene = await MakeAsync();
        using var key = DataKey.Create();
        var open = KeyMetrics.OpenDataKeys;

        var wrapped = scene.Kek.PublicKey.Wrap(Session, TrackName.Video, key);
        var requests = scene.Requests;
        var unwrapped = await scene.Kek.UnwrapAsync(wrapped, Cancellation);

        Assert.True(key.HasSameBytesAs(unwrapped));
        Assert.Equal("RSA-OAEP-256", wrapped.Alg);
        Assert.True(scene.Kek.Opens(wrapped.Kid));
        Assert.True(scene.Requests - requests <= 1, "more than one call for one data key");
        unwrapped.Dispose();
        Assert.True(KeyMetrics.OpenDataKeys >= open - 100); // others run beside this test: it is counted, and not exactly
    }

    [Fact]
    public async Task What_was_altered_never_unwraps()
    {
        await using var scene = await MakeAsync();
        using var key = DataKey.Create();
        var wrapped = scene.Kek.PublicKey.Wrap(Session, TrackName.Video, key);
        var flipped = Base64Url.DecodeFromChars(wrapped.EncryptedKey);
        flipped[100] ^= 1;
        using var rsa = scene.Kek.PublicKey.Jwk.ToRsa();

        foreach (var text in (string[])
            [
                Base64Url.EncodeToString(flipped),
                Base64Url.EncodeToString(rsa.Encrypt(new byte[31], RSAEncryptionPadding.OaepSHA256)),
                Base64Url.EncodeToString(rsa.Encrypt(new byte[64], RSAEncryptionPadding.OaepSHA256)),
                Base64Url.EncodeToString(rsa.Encrypt(key.Bytes.ToArray(), RSAEncryptionPadding.OaepSHA1)),
            ])
        {
            await RefusedAsync(scene, wrapped with { EncryptedKey = text });
        }
    }

    [Fact]
    public async Task What_has_not_the_form_of_a_wrapped_key_is_refused_without_a_call()
    {
        await using var scene = await MakeAsync();
        using var key = DataKey.Create();
        var wrapped = scene.Kek.PublicKey.Wrap(Session, TrackName.Video, key);
        var before = scene.Requests;

        foreach (var wrong in (KeyFile[])
            [
                wrapped with { Alg = "RSA-OAEP" }, wrapped with { Alg = "dir" }, wrapped with { EncryptedKey = "" }, wrapped with { EncryptedKey = wrapped.EncryptedKey + "=" },
                wrapped with { EncryptedKey = wrapped.EncryptedKey[4..] }, wrapped with { EncryptedKey = wrapped.EncryptedKey + "AAAA" }, wrapped with { EncryptedKey = "not base64url!" },
            ])
        {
            await RefusedAsync(scene, wrong);
        }

        Assert.Equal(before, scene.Requests);
    }

    [Fact]
    public async Task A_key_file_that_names_another_key_makes_nobody_call_anybody()
    {
        await using var scene = await MakeAsync();
        using var key = DataKey.Create();
        var wrapped = scene.Kek.PublicKey.Wrap(Session, TrackName.Video, key);
        var before = scene.Requests;

        foreach (var kid in (string[])
            [
                "https://attacker.example.org/keys/kek/0123456789abcdef0123456789abcdef", wrapped.Kid + "/..", wrapped.Kid + "?x=", "/" + wrapped.Kid, wrapped.Kid + "\n", wrapped.Kid.ToUpperInvariant(), "",
                wrapped.Kid.Replace("127.0.0.1", "127.0.0.2", StringComparison.Ordinal) + "0!", wrapped.Kid[..^1] + "_!", "arn:aws:kms:eu-west-1:999999999999:key/00000000-0000-0000-0000-000000000000",
            ])
        {
            Assert.False(scene.Kek.Opens(kid), kid);
            var refused = await RefusedAsync(scene, wrapped with { Kid = kid });
            Assert.Contains(scene.Kek.Id, refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, scene.Requests);
    }

    [Fact]
    public async Task Many_at_once_unwrap_their_own()
    {
        await using var scene = await MakeAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), Cancellation, async (_, cancellation) =>
        {
            using var key = DataKey.Create();
            using var unwrapped = await scene.Kek.UnwrapAsync(scene.Kek.PublicKey.Wrap(Session, TrackName.Video, key), cancellation);
            Assert.True(key.HasSameBytesAs(unwrapped));
        });
    }

    private protected static async Task<KeyUnwrapException> RefusedAsync(KekScene scene, KeyFile wrapped)
    {
        var refused = await Assert.ThrowsAsync<KeyUnwrapException>(async () => await scene.Kek.UnwrapAsync(wrapped, Cancellation));
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
        return refused;
    }
}

public sealed class LocalFileConformance : KekConformance
{
    private protected override Task<KekScene> MakeAsync()
    {
        var kek = new TestKek();
        return Task.FromResult(new KekScene(kek.Key, null, "", () =>
        {
            kek.Dispose();
            return ValueTask.CompletedTask;
        }));
    }
}
