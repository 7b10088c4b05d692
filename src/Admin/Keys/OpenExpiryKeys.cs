using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Keys;

/// <summary>The months' keys of locations, which lie in the store of the key that the location names.</summary>
internal sealed class OpenExpiryKeys(NamedKeys keys, IDbContextFactory<CatalogueDb> catalogues, SigningKey server, TrackSigners signers, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentBag<ExpiryKeys> _open = [];

    /// <param name="key">Name in <c>Keys</c>; null: the server's own.</param>
    public ExpiryKeys Of(string location, string? key, IObjectStore bucket)
    {
        var months = new ExpiryKeys(location, key, bucket, StoreBeside, keys.Kept, catalogues.CreateDbContext, server, signers, clock);
        _open.Add(months);
        return months;
    }

    /// <exception cref="KeyServiceException">The configuration does not have the key any more beside which it lies.</exception>
    private IKeyStore StoreBeside(string? name)
    {
        try
        {
            return keys.StoreBeside(name);
        }
        catch (StartRefusedException gone)
        {
            throw new KeyServiceException(name!, $"{gone.Message} Months' keys lie beside it: leave it in the configuration until the last of them is destroyed", gone) { IsTransient = false };
        }
    }

    public void Dispose()
    {
        foreach (var months in _open) { months.Dispose(); }
    }
}
