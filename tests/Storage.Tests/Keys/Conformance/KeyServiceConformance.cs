using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Keys.Conformance;

/// <summary>What every key in a vault does when the vault does not do as it should.</summary>
public abstract class KeyServiceConformance : KekConformance
{
    private protected ManualClock Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    /// <summary>Whether a new version takes a key's place under the same name.</summary>
    private protected virtual bool Rotates => true;

    /// <summary>Whether its keys can be disabled.</summary>
    private protected virtual bool Disables => true;

    /// <summary>A handle on the key of this name, which may not exist; nobody has asked for it yet.</summary>
    private protected abstract ServiceKey Open(string name);

    /// <summary>The server of these tests' keys.</summary>
    private protected abstract Task<KekScene> MakeKeyAsync(string kind);

    private protected override async Task<KekScene> MakeAsync()
    {
        var scene = await MakeKeyAsync("3072");
        await scene.Service.LookUpAsync(Cancellation);
        return scene;
    }

    [Theory]
    [InlineData("3072")]
    [InlineData("4096")]
    public async Task Its_public_half_is_read_once_and_wrapping_asks_nobody(string bits)
    {
        await using var scene = await MakeKeyAsync(bits);
        Assert.Throws<KeyServiceException>(() => scene.Kek.PublicKey);

        var found = await scene.Service.LookUpAsync(Cancellation);
        var requests = scene.Requests;
        using var key = DataKey.Create();
        var wrapped = scene.Kek.PublicKey.Wrap(Session, TrackName.Video, key);

        Assert.Equal(found, scene.Kek.PublicKey);
        Assert.Equal(requests, scene.Requests);
        Assert.Equal(((int.Parse(bits) / 8 * 4) + 2) / 3, wrapped.EncryptedKey.Length);
        using var unwrapped = await scene.Kek.UnwrapAsync(wrapped, Cancellation);
        Assert.True(key.HasSameBytesAs(unwrapped));
    }

    [Theory]
    [InlineData("2048", "3072 or 4096")]
    [InlineData("ec", "RSA")]
    public async Task A_key_of_another_kind_is_refused_in_words(string kind, string words)
    {
        await using var scene = await MakeKeyAsync(kind);

        var refused = await Assert.ThrowsAsync<KeyRefusedException>(() => scene.Service.LookUpAsync(Cancellation));

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Contains(scene.Kek.Id, refused.Message, StringComparison.Ordinal);
        Assert.Contains(words, Assert.Throws<KeyServiceException>(() => scene.Kek.PublicKey).Message, StringComparison.Ordinal);
        Assert.NotNull(scene.Service.Refusal);
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_said_so()
    {
        await using var scene = await MakeAsync();
        using var other = Open("no-such-key");
        Assert.Contains("no such key", (await Assert.ThrowsAsync<KeyRefusedException>(() => other.LookUpAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_key_unwraps_nothing_more_and_nothing_is_wrapped_for_it()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        scene.Server.Forget(scene.Name);

        Assert.Contains("deleted", (await RefusedAsync(scene, wrapped)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KeyRefusedException>(() => scene.Service.LookUpAsync(Cancellation));
        Assert.Throws<KeyServiceException>(() => scene.Kek.PublicKey);
    }

    [Fact]
    public async Task A_disabled_key_unwraps_again_when_it_is_enabled_so_it_is_no_definitive_no()
    {
        await using var scene = await MakeAsync();
        if (!Disables) { return; }
        var wrapped = Wrap(scene);
        scene.Server.Disable(scene.Name);

        var away = await AwayAsync(scene, wrapped);

        Assert.Contains("disabled", away.Message, StringComparison.Ordinal);
        Assert.False(away.IsTransient);
        Assert.Contains("disabled", (await Assert.ThrowsAsync<KeyRefusedException>(() => scene.Service.LookUpAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData(null)]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    public async Task Throttling_that_is_soon_over_is_waited_for(string? retryAfter)
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        var before = scene.Requests;
        scene.Server.Throttle(2, retryAfter);

        using var unwrapped = await scene.Kek.UnwrapAsync(wrapped, Cancellation);

        Assert.Equal(before + 3, scene.Requests);
    }

    [Fact]
    public async Task A_failure_or_two_are_tried_again_and_a_third_is_told()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        scene.Server.Fail(2, 503);
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }

        scene.Server.Fail(3, 500);
        var before = scene.Requests;
        var away = await AwayAsync(scene, wrapped);

        Assert.Equal(before + KeyServiceCalls.Attempts, scene.Requests);
        Assert.Contains(scene.Kek.Id, away.Message, StringComparison.Ordinal);
        Assert.Contains("500", away.Message, StringComparison.Ordinal);
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>A page of a proxy</html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"value\":7,\"Plaintext\":7,\"data\":7}")]
    [InlineData("{\"value\":\"not base64!\",\"Plaintext\":\"not base64!\",\"data\":{\"plaintext\":\"not base64!\"}}")]
    public async Task Garbage_is_a_vault_that_does_not_work_and_no_key_that_is_gone(string garbage)
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);

        scene.Server.Answer(3, garbage);
        await AwayAsync(scene, wrapped);
        scene.Server.BehaveAgain();
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }

        scene.Server.Answer(3, garbage);
        await Assert.ThrowsAsync<KeyServiceException>(() => scene.Service.LookUpAsync(Cancellation));
        _ = scene.Kek.PublicKey; // what was known stays
    }

    [Fact]
    public async Task A_page_of_a_proxy_that_says_404_is_no_key_that_is_gone()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        scene.Server.Fail(3, 404, "<html>nothing here</html>");
        await AwayAsync(scene, wrapped);
    }

    [Fact]
    public async Task A_longer_answer_than_a_vault_gives_is_not_read()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        scene.Server.Answer(3, new string(' ', 1 << 20));
        await AwayAsync(scene, wrapped);
    }

    [Fact]
    public async Task A_vault_that_says_nothing_is_given_up()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        scene.Server.StaySilent(3);
        scene.Service.Timeout = TimeSpan.FromMilliseconds(200);
        Assert.Contains("did not answer within", (await AwayAsync(scene, wrapped)).Message, StringComparison.Ordinal);
        scene.Server.BehaveAgain();
        scene.Service.Timeout = KekScene.Patient;
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }
    }

    [Fact]
    public async Task A_caller_who_gives_up_says_nothing_of_the_vault()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        for (var time = 0; time < KeyServiceCircuit.Limit + 1; time++)
        {
            scene.Server.StaySilent(1);
            var before = scene.Requests;
            using var impatient = new CancellationTokenSource();
            var unwrapping = scene.Kek.UnwrapAsync(wrapped, impatient.Token).AsTask();
            while (scene.Requests == before) { await Task.Delay(5, Cancellation); }
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unwrapping);
        }

        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }
    }

    [Fact]
    public async Task A_vault_that_keeps_failing_is_left_alone_for_a_while_and_then_tried_once()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        scene.Server.Fail(KeyServiceCircuit.Limit, 500);
        await AwayAsync(scene, wrapped);
        await AwayAsync(scene, wrapped);

        var before = scene.Requests;
        var open = await AwayAsync(scene, wrapped);
        Assert.Equal(before, scene.Requests); // at once, without a call
        Assert.Contains("tried again in 15 s", open.Message, StringComparison.Ordinal);
        Assert.Equal(KeyServiceCircuit.Pause, open.RetryAfter);

        Clock.Advance(KeyServiceCircuit.Pause);
        scene.Server.Fail(1, 500);
        await AwayAsync(scene, wrapped);
        Assert.Equal(before + 1, scene.Requests);

        Clock.Advance(KeyServiceCircuit.Pause);
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }
        Assert.Equal(before + 3, scene.Requests);
    }

    [Fact]
    public async Task A_credential_that_is_refused_is_said_so_and_not_tried_again()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        scene.Server.RefusesCredential = true;

        var away = await AwayAsync(scene, wrapped);

        Assert.False(away.IsTransient);
        Assert.Contains("refuse", away.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer ", away.ToString(), StringComparison.Ordinal);
        scene.Server.RefusesCredential = false;
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }
    }

    [Fact]
    public async Task Nobody_listening_is_a_vault_that_is_away_and_recording_goes_on()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        var known = scene.Kek.PublicKey;
        scene.Server.GoAway();

        await AwayAsync(scene, wrapped);
        await Assert.ThrowsAsync<KeyServiceException>(() => scene.Service.LookUpAsync(Cancellation));
        Assert.Equal(known, scene.Kek.PublicKey);

        using var later = Open(scene.Name); // a server that starts meanwhile
        Assert.False(later.Remember(known with { Kid = "https://elsewhere.example.org/keys/kek/0123456789abcdef0123456789abcdef" }));
        Assert.False(later.IsKnown);
        Assert.True(later.Remember(known));
        Assert.Equal(known, later.PublicKey);
    }

    [Fact]
    public async Task After_a_rotation_the_new_version_wraps_and_all_of_them_unwrap()
    {
        await using var scene = await MakeAsync();
        if (!Rotates) { return; }
        var before = Wrap(scene);
        scene.Server.AddKey(scene.Name);
        Assert.Equal(before.Kid, scene.Kek.PublicKey.Kid); // not looked yet

        await scene.Service.LookUpAsync(Cancellation);
        var after = Wrap(scene);

        Assert.NotEqual(before.Kid, after.Kid);
        using (await scene.Kek.UnwrapAsync(before, Cancellation)) { }
        using (await scene.Kek.UnwrapAsync(after, Cancellation)) { }
        await RefusedAsync(scene, before with { Kid = after.Kid });
    }

    private protected static KeyFile Wrap(KekScene scene)
    {
        using var key = DataKey.Create();
        return scene.Kek.PublicKey.Wrap(Session, TrackName.Video, key);
    }

    private protected static async Task<KeyServiceException> AwayAsync(KekScene scene, KeyFile wrapped)
    {
        var away = await Assert.ThrowsAsync<KeyServiceException>(async () => await scene.Kek.UnwrapAsync(wrapped, Cancellation));
        Assert.Contains(scene.Kek.Id, away.Message, StringComparison.Ordinal);
        return away;
    }
}
