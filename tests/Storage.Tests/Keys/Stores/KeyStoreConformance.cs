using Amazon.Runtime;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.TestServers;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Storage.Tests.Keys.Stores;

/// <summary>What every store of keys does.</summary>
public abstract class KeyStoreConformance
{
    private protected const string Name = "epoch-2026-11";

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected ManualClock Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private protected abstract IKeyStore Open();

    /// <summary>Until when a destroyed key can be brought back by the owner of the vault.</summary>
    private protected virtual DateTimeOffset? RecoverableUntil => null;

    [Fact]
    public async Task A_key_that_it_makes_wraps_and_unwraps_and_is_found_again()
    {
        using var store = Open();
        Assert.Null(await store.FindAsync(Name, Cancellation));

        var made = await store.CreateAsync(Name, Cancellation);
        using var disposing = made as IDisposable;
        using var key = DataKey.Create();
        var wrapped = made.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key);
        using var unwrapped = await made.UnwrapAsync(wrapped, Cancellation);

        Assert.True(unwrapped.HasSameBytesAs(key));
        Assert.Equal(384, wrapped.EncryptedKey.Length * 3 / 4);
        var found = await store.FindAsync(Name, Cancellation);
        using var disposingToo = found as IDisposable;
        Assert.Equal(made.PublicKey, found?.PublicKey);
    }

    [Fact]
    public async Task Making_it_again_makes_nothing()
    {
        using var store = Open();
        var first = await store.CreateAsync(Name, Cancellation);
        using var disposing = first as IDisposable;
        var second = await store.CreateAsync(Name, Cancellation);
        using var disposingToo = second as IDisposable;
        Assert.Equal(first.PublicKey, second.PublicKey);
    }

    [Fact]
    public async Task What_was_wrapped_for_a_destroyed_key_opens_never_again_and_its_name_can_be_used()
    {
        using var store = Open();
        var doomed = await store.CreateAsync(Name, Cancellation);
        using var disposing = doomed as IDisposable;
        var other = await store.CreateAsync("another", Cancellation);
        using var disposingToo = other as IDisposable;
        using var key = DataKey.Create();
        var (wrapped, kept) = (doomed.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key), other.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key));

        Assert.Equal(new(Existed: true, RecoverableUntil), await store.DestroyAsync(Name, Cancellation));

        Assert.Null(await store.FindAsync(Name, Cancellation));
        await NeverAsync(doomed, wrapped);
        using (await other.UnwrapAsync(kept, Cancellation)) { }
        Assert.Equal(new(Existed: false, null), await store.DestroyAsync("was-never-there", Cancellation));
        await AgainAsync(store, doomed, wrapped);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("A")]
    [InlineData("../kek")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a\n")]
    [InlineData("a-name-of-more-than-sixty-characters-is-longer-than-every-store-takes")]
    public async Task Names_that_not_every_store_takes_are_refused(string name)
    {
        using var store = Open();
        foreach (var call in (Func<Task>[])[() => store.CreateAsync(name, Cancellation), () => store.FindAsync(name, Cancellation), () => store.DestroyAsync(name, Cancellation)])
        {
            Assert.Contains("is no name for a key", (await Assert.ThrowsAsync<KeyRefusedException>(call)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>With what was opened before it was destroyed.</summary>
    private protected virtual async Task NeverAsync(IKeyWrapper destroyed, KeyFile wrapped) => await Assert.ThrowsAsync<KeyUnwrapException>(async () => await destroyed.UnwrapAsync(wrapped, Cancellation));

    /// <summary>The name is used again: for another key.</summary>
    private protected virtual async Task AgainAsync(IKeyStore store, IKeyWrapper destroyed, KeyFile wrapped)
    {
        Assert.False((await store.DestroyAsync(Name, Cancellation)).Existed);
        var again = await store.CreateAsync(Name, Cancellation);
        using var disposing = again as IDisposable;
        Assert.NotEqual(destroyed.PublicKey.Jwk, again.PublicKey.Jwk);
        await Assert.ThrowsAsync<KeyUnwrapException>(async () => await again.UnwrapAsync(wrapped, Cancellation));
    }
}

public sealed class LocalKeyStoreTests : KeyStoreConformance, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("key-store");

    public void Dispose() => _folder.Delete(recursive: true);

    private protected override IKeyStore Open() => new LocalKeyStore(_folder.FullName);

    /// <summary>A file that is open in this very process is in its memory; nobody else opens it any more.</summary>
    private protected override Task NeverAsync(IKeyWrapper destroyed, KeyFile wrapped)
    {
        Assert.DoesNotContain(_folder.GetFiles(), file => file.Name == Name + ".pem");
        return Task.CompletedTask;
    }

    [Fact]
    public async Task What_is_no_key_is_neither_opened_nor_written_over()
    {
        var path = Path.Combine(_folder.FullName, Name + ".pem");
        OwnerOnlyFile.Create(path, new string('x', 1 << 17));
        using var store = Open();
        await Assert.ThrowsAsync<KeyRefusedException>(() => store.FindAsync(Name, Cancellation));
        Assert.Contains("left alone", (await Assert.ThrowsAsync<KeyRefusedException>(() => store.DestroyAsync(Name, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Equal(1 << 17, new FileInfo(path).Length);
    }

    [Fact]
    public async Task The_bytes_of_a_destroyed_key_are_written_over_before_the_file_goes()
    {
        using var store = Open();
        ((IDisposable)await store.CreateAsync(Name, Cancellation)).Dispose();
        var path = Path.Combine(_folder.FullName, Name + ".pem");
        var link = path + ".link"; // the same bytes under another name
        await ChildProcess.RunAsync("ln", [path, link], TimeSpan.FromMinutes(1), Cancellation);
        var before = await File.ReadAllBytesAsync(link, Cancellation);

        await store.DestroyAsync(Name, Cancellation);

        var after = await File.ReadAllBytesAsync(link, Cancellation);
        Assert.Equal(before.Length, after.Length);
        Assert.DoesNotContain("PRIVATE KEY", System.Text.Encoding.Latin1.GetString(after), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }
}

public sealed class KeyVaultKeyStoreTests : KeyStoreConformance, IAsyncDisposable
{
    private readonly KeyVaultServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private protected override IKeyStore Open() => new KeyVaultKeyStore(_server.Address.ToString(), _server.Credential(Clock), Clock);

    [Fact]
    public async Task Of_a_vault_that_is_protected_against_purging_it_says_until_when_the_key_can_come_back()
    {
        _server.IsProtectedAgainstPurging = true;
        using var store = Open();
        var doomed = await store.CreateAsync(Name, Cancellation);
        using var disposing = doomed as IDisposable;
        using var key = DataKey.Create();
        var wrapped = doomed.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key);

        Assert.Equal(new(Existed: true, _server.PurgesAt), await store.DestroyAsync(Name, Cancellation));
        Assert.Equal(new(Existed: true, _server.PurgesAt), await store.DestroyAsync(Name, Cancellation));

        await Assert.ThrowsAsync<KeyUnwrapException>(async () => await doomed.UnwrapAsync(wrapped, Cancellation));
        await Assert.ThrowsAsync<KeyServiceException>(() => store.CreateAsync(Name, Cancellation)); // the vault keeps the name meanwhile
    }

    [Fact]
    public async Task A_destruction_that_broke_off_half_way_is_finished_the_next_time()
    {
        using var store = Open();
        ((IDisposable)await store.CreateAsync(Name, Cancellation)).Dispose();
        _server.IsProtectedAgainstPurging = true;
        await store.DestroyAsync(Name, Cancellation);
        _server.IsProtectedAgainstPurging = false;
        Assert.Equal(new(Existed: true, null), await store.DestroyAsync(Name, Cancellation));
        Assert.Equal(new(Existed: false, null), await store.DestroyAsync(Name, Cancellation));
    }
}

public sealed class KmsKeyStoreTests : KeyStoreConformance, IAsyncDisposable
{
    private readonly KmsServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private protected override DateTimeOffset? RecoverableUntil => KmsServer.GoneAt;

    private protected override IKeyStore Open() => new KmsKeyStore(KmsServer.Region, new BasicAWSCredentials("AKIAEXAMPLE", "a secret of the tests"), _server.Address.ToString(), Clock);

    /// <summary>KMS refuses it from now on, and says why.</summary>
    private protected override async Task NeverAsync(IKeyWrapper destroyed, KeyFile wrapped) =>
        Assert.Contains("pending deletion", (await Assert.ThrowsAsync<KeyServiceException>(async () => await destroyed.UnwrapAsync(wrapped, Cancellation))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_destruction_that_broke_off_before_the_name_was_free_is_finished_the_next_time()
    {
        using var store = Open();
        var doomed = await store.CreateAsync(Name, Cancellation);
        using var disposing = doomed as IDisposable;
        _server.ScheduleDeletionOf(doomed.Id);

        Assert.Null(await store.FindAsync(Name, Cancellation));
        var again = await store.CreateAsync(Name, Cancellation);
        using var disposingToo = again as IDisposable;
        Assert.NotEqual(doomed.Id, again.Id);
        Assert.Equal(new(Existed: true, KmsServer.GoneAt), await store.DestroyAsync(Name, Cancellation));
        Assert.Equal(0, _server.Usable);
    }

    [Fact]
    public async Task Many_who_make_the_same_key_at_once_get_one_and_no_other_stays()
    {
        using var store = Open();
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => store.CreateAsync(Name, Cancellation)));
        Assert.Single(made.Select(key => key.Id).Distinct());
        Assert.Equal(1, _server.Usable);
        foreach (var key in made) { (key as IDisposable)?.Dispose(); }
    }
}

public sealed class TransitKeyStoreTests : KeyStoreConformance, IAsyncDisposable
{
    private readonly TransitServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private protected override IKeyStore Open() => new TransitKeyStore($"{_server.Address}v1/transit", () => TransitServer.Token, null, Clock);
}
