using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys.Services;

/// <summary>A KEK in a vault: wrapped for with its cached public half, unwrapped by a call.</summary>
public abstract class ServiceKey : IKeyWrapper, IDisposable
{
    private readonly KeyServiceCalls _calls;
    private volatile KekPublicKey? _known;
    private volatile string? _refusal;

    private protected ServiceKey(string id, KeyServiceCalls calls) => (Id, _calls) = (id, calls);

    /// <summary>The key's address: with a version where the configuration names one.</summary>
    public string Id { get; }

    /// <summary>Why nothing may be wrapped for it, as of the last look: it is disabled, expired, gone, or another kind of key. <see langword="null"/>: nothing speaks against it.</summary>
    public string? Refusal => _refusal;

    /// <summary>Whether its public half is known.</summary>
    public bool IsKnown => _known is not null;

    /// <summary>How long one call may take.</summary>
    internal TimeSpan Timeout
    {
        get => _calls.Timeout;
        set => _calls.Timeout = value;
    }

    /// <inheritdoc/>
    public KekPublicKey PublicKey =>
        _refusal is { } why ? throw new KeyServiceException(Id, why) { IsTransient = false }
        : _known ?? throw new KeyServiceException(Id, "its public half was never read");

    public abstract bool Opens(string kid);

    /// <summary>Takes the public half that an earlier start read, so that recording goes on while the vault is away.</summary>
    /// <returns>Whether it is a version of this key.</returns>
    public bool Remember(KekPublicKey before)
    {
        if (!Opens(before.Kid)) { return false; }

        _known ??= before;
        return true;
    }

    /// <summary>Reads the public half of the version that is current now.</summary>
    /// <exception cref="KeyRefusedException">It cannot be a KEK; nothing is wrapped for it until a look finds it sound.</exception>
    /// <exception cref="KeyServiceException">The vault does not answer now; what was known stays.</exception>
    public async Task<KekPublicKey> LookUpAsync(CancellationToken cancellation)
    {
        try
        {
            var found = await _calls.RunAsync(ReadPublicKeyAsync, cancellation);
            try
            {
                using var checking = found.Jwk.ToRsa();
            }
            catch (CryptographicException unsound)
            {
                throw new KeyRefusedException($"The key '{Id}' cannot be used: {unsound.Message}", unsound);
            }

            _refusal = null;
            return _known = found;
        }
        catch (KeyRefusedException refused)
        {
            _refusal = refused.Message;
            throw;
        }
    }

    /// <summary>This key, with its public half read; or disposed.</summary>
    /// <inheritdoc cref="LookUpAsync" path="/exception"/>
    internal async Task<IKeyWrapper> LookedUpAsync(CancellationToken cancellation)
    {
        try
        {
            await LookUpAsync(cancellation);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation)
    {
        var sealedBytes = WrappedKey.BytesFor(this, wrapped);
        var bytes = await _calls.RunAsync(async limit => await DecryptAsync(wrapped.Kid, sealedBytes, limit) ?? throw WrappedKey.Altered(this, wrapped, null), cancellation);
        try
        {
            return bytes.Length == DataKey.Length ? DataKey.From(bytes) : throw WrappedKey.Altered(this, wrapped, null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    private protected virtual void Dispose(bool disposing) { }

    /// <exception cref="KeyRefusedException">It cannot be a KEK.</exception>
    private protected abstract Task<KekPublicKey> ReadPublicKeyAsync(CancellationToken cancellation);

    /// <returns>What was wrapped; <see langword="null"/>: the vault says that this is nothing of the key's. The caller zeroes it.</returns>
    /// <exception cref="KeyUnwrapException">The key, or that version of it, is gone.</exception>
    private protected abstract Task<byte[]?> DecryptAsync(string kid, byte[] wrapped, CancellationToken cancellation);

    private protected KeyServiceException Away(string why, Exception? inner = null) => new(Id, why, inner);

    private protected KeyServiceException Denied(string why) => new(Id, why) { IsTransient = false };

    private protected KeyRefusedException Unfit(string why) => new($"The key '{Id}' cannot be used: {why}");
}
