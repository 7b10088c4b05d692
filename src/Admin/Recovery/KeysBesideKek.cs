using System.Globalization;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Unwraps with the KEK that was named, and with the months' keys that lie beside it, whose names the bucket tells.</summary>
/// <remarks>The bucket is believed no further than to try a key: one that it names and that is not the one of the key file opens nothing. A kid that neither is calls no vault.</remarks>
internal sealed class KeysBesideKek(IKeyWrapper kek, IKeyStore beside, IObjectStore bucket) : IKeyWrapper, IDisposable
{
    private readonly Dictionary<string, Tried> _tried = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FoundMonths? _months;

    public string Id => kek.Id;

    public KekPublicKey PublicKey => kek.PublicKey;

    /// <remarks>Whether a month's key has this name is seen when it is tried.</remarks>
    public bool Opens(string kid) => true;

    /// <inheritdoc/>
    /// <exception cref="ObjectStoreException">The bucket does not tell which key it is.</exception>
    public async ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation)
    {
        if (kek.Opens(wrapped.Kid)) { return await kek.UnwrapAsync(wrapped, cancellation); }

        var tried = await FindAsync(wrapped.Kid, cancellation);
        if (tried.Why is { } why) { throw new KeyUnwrapException(why); }
        if (tried.Key is not { } month) { return await kek.UnwrapAsync(wrapped, cancellation); } // it refuses what names another key

        try
        {
            return await month.UnwrapAsync(wrapped, cancellation);
        }
        catch (KeyServiceException denied) when (!denied.IsTransient)
        {
            throw new KeyUnwrapException(denied.Message, denied); // the rest opens
        }
    }

    public void Dispose()
    {
        foreach (var tried in _tried.Values) { (tried.Key as IDisposable)?.Dispose(); }
        _gate.Dispose();
    }

    private async Task<Tried> FindAsync(string kid, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return _tried.TryGetValue(kid, out var known) ? known : _tried[kid] = await TryAsync(kid, cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Tried> TryAsync(string kid, CancellationToken cancellation)
    {
        _months ??= await FoundMonths.ReadAsync(bucket, cancellation);
        var why = new List<string>();
        foreach (var month in _months.Of(kid))
        {
            try
            {
                var key = await beside.FindAsync(month.Record.Name, cancellation);
                if (key?.Opens(kid) is true) { return new(key, null); }

                (key as IDisposable)?.Dispose();
                why.Add(key is null ? Missing(month) : $"The key of {month.Month}, '{beside.PlaceOf(month.Record.Name)}', is another one than '{kid}', which the data key is wrapped for.");
            }
            catch (Exception refused) when (refused is KeyRefusedException or KeyServiceException { IsTransient: false })
            {
                why.Add($"The key of {month.Month} does not open: {refused.Message}");
            }
        }

        return new(null, why.Count == 0 ? null : string.Join(' ', why));
    }

    private string Missing(FoundMonth month) => month.Destroyed is { Certificate: var said } destroyed
        ? $"The key of {month.Month} was destroyed on {Day(said.At)}, as '{KeyDestructionCertificate.ObjectName(said.Name)}' says, signed with {destroyed.Signer.Thumbprint}: nothing opens what was wrapped for it any more."
            + (said.RecoverableUntil is { } until ? $" The owner of '{beside.Id}' could bring it back until {Day(until)}." : "")
        : $"The key of {month.Month}, '{beside.PlaceOf(month.Record.Name)}', is not there.";

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A key that opens; or why there is none. Neither: the bucket does not know it.</summary>
    private sealed record Tried(IKeyWrapper? Key, string? Why);
}
