using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Keys.Expiry;

/// <summary>The months' keys of one location: found or made where something is wrapped, opened where something is read, destroyed when their month is over.</summary>
/// <param name="beside">Name in <c>Keys</c> of the key beside which new ones are made; null: the server's own.</param>
/// <param name="stores">The store beside a key of this name. It belongs to whoever hands it out.</param>
/// <param name="kept">What keeps unwrapped data keys of an opened key in memory for a while, or the key itself.</param>
public sealed class ExpiryKeys(
    string location, string? beside, IObjectStore bucket, Func<string?, IKeyStore> stores, Func<IKeyWrapper, IKeyWrapper> kept, Func<CatalogueDb> catalogues, SigningKey server, TrackSigners signers, TimeProvider clock) : IDisposable
{
    /// <summary>How soon a process notices that another one destroyed a key.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly Dictionary<ExpiryMonth, WrappingKey> _wrapping = [];
    private readonly ConcurrentDictionary<string, Opened> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The key of a month, which is made where there is none yet.</summary>
    /// <exception cref="KeyServiceException">There is none, and its store does not make one now.</exception>
    /// <exception cref="KeyRefusedException">Its store has something of this name that is no such key.</exception>
    /// <exception cref="ObjectStoreException">The bucket did not take its record.</exception>
    /// <exception cref="TrackAlteredException">What the catalogue says of it is not the server's word.</exception>
    public async Task<WrappingKey> ForAsync(ExpiryMonth month, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return _wrapping.TryGetValue(month, out var known) ? known : _wrapping[month] = await FindOrMakeAsync(month, cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The key that a key file names.</summary>
    /// <returns><see langword="null"/>: it is none of this location's months.</returns>
    /// <exception cref="KeyUnwrapException">It was destroyed, or its store has lost it.</exception>
    /// <exception cref="KeyServiceException">Its store does not answer now.</exception>
    public async Task<IKeyWrapper?> OpenAsync(string kid, CancellationToken cancellation)
    {
        if (_open.TryGetValue(kid, out var open) && clock.GetElapsedTime(open.At) < Fresh) { return open.Key; } // nobody waits here for a store that is asked for another month's key

        await _gate.WaitAsync(cancellation);
        try
        {
            if (_open.TryGetValue(kid, out open) && clock.GetElapsedTime(open.At) < Fresh) { return open.Key; }

            await using var catalogue = catalogues();
            if (await catalogue.ExpiryKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Location == location && k.Kid == kid, cancellation) is not { } row) { return null; }
            if ((row.DestroyedAt ?? row.DestroyingSince) is { } at)
            {
                Forget(kid);
                throw new KeyUnwrapException($"The key of {new ExpiryMonth(row.Month)} ('{kid}') was destroyed on {at.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}: nothing opens what was wrapped for it any more.");
            }

            open ??= new(await OpenAsync(row, cancellation));
            open.At = clock.GetTimestamp();
            return (_open[kid] = open).Key;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Destroys a key whose month is over. The caller made sure that nothing hangs on it, and marked the row.</summary>
    /// <inheritdoc cref="ForAsync" path="/exception"/>
    public async Task<KeyDestructionCertificate> DestroyAsync(ExpiryKey row, CancellationToken cancellation)
    {
        var store = stores(row.Beside);
        var destroyed = await store.DestroyAsync(row.Name, cancellation);
        await _gate.WaitAsync(cancellation);
        try
        {
            if (row.Kid is not null) { Forget(row.Kid); }
            _wrapping.Remove(new(row.Month));
        }
        finally
        {
            _gate.Release();
        }

        // The store forgot it before that was written down: so long at most it can be brought back.
        var until = destroyed.Existed ? destroyed.RecoverableUntil : (row.DestroyingSince ?? clock.GetUtcNow()) + store.KeepsDestroyed;
        return new(KeyDestructionCertificate.FormatName, row.Location, $"{new ExpiryMonth(row.Month)}", row.Name, row.Kid ?? "", store.Id, row.MadeAt, clock.GetUtcNow(), until);
    }

    public void Dispose()
    {
        foreach (var kid in _open.Keys.ToList()) { Forget(kid); }
        _gate.Dispose();
    }

    private void Forget(string kid)
    {
        if (_open.TryRemove(kid, out var open)) { (open.Key as IDisposable)?.Dispose(); }
    }

    private async Task<IKeyWrapper> OpenAsync(ExpiryKey row, CancellationToken cancellation) =>
        await stores(row.Beside).FindAsync(row.Name, cancellation) is { } found ? kept(found)
            : throw new KeyUnwrapException($"The key of {new ExpiryMonth(row.Month)}, '{row.Name}', is not in '{stores(row.Beside).Id}' any more.");

    private async Task<WrappingKey> FindOrMakeAsync(ExpiryMonth month, CancellationToken cancellation)
    {
        await using var catalogue = catalogues();
        var row = await RowAsync(catalogue, month, cancellation);
        if (row.DestroyingSince is not null) { throw new KeyServiceException(row.Name, $"the key of {month} was destroyed, and nothing is wrapped for it any more") { IsTransient = false }; }
        if (row is { Kid: { } kid, Record: { } signed }) { return new(Checked(row, kid, signed), row.Id); }

        var made = await stores(row.Beside).CreateAsync(row.Name, cancellation);
        using var closing = made as IDisposable;
        var key = made.PublicKey;
        signed = await PutAsync(new(ExpiryKeyRecord.FormatName, location, $"{month}", row.Name, key, row.MadeAt), cancellation);
        (row.Kid, row.Record) = (key.Kid, signed);
        await catalogue.SaveChangesAsync(cancellation);
        return new(Checked(row, row.Kid, signed), row.Id);
    }

    /// <summary>Whoever asks first says what it is called.</summary>
    private async Task<ExpiryKey> RowAsync(CatalogueDb catalogue, ExpiryMonth month, CancellationToken cancellation)
    {
        var rows = catalogue.ExpiryKeys.Where(k => k.Location == location && k.Month == month.Number);
        if (await rows.SingleOrDefaultAsync(cancellation) is { } there) { return there; }

        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var row = new ExpiryKey { Id = id, Location = location, Month = month.Number, Name = $"sr-{location}-{month}-{id.ToString("N")[^8..]}", Beside = beside, MadeAt = now };
        catalogue.ExpiryKeys.Add(row);
        catalogue.Audit.Add(new() { At = now, Actor = "server", Action = "keys.month-made", Outcome = "allowed", Detail = $"{location}: {month}, {row.Name}" });
        try
        {
            await catalogue.SaveChangesAsync(cancellation);
            return row;
        }
        catch (DbUpdateException failed)
        {
            catalogue.ChangeTracker.Clear();
            return await rows.SingleOrDefaultAsync(cancellation) ?? throw new ObjectStoreException($"The key of {month} could not be written into the catalogue.", failed); // somebody else was faster
        }
    }

    private async Task<string> PutAsync(ExpiryKeyRecord record, CancellationToken cancellation)
    {
        var (name, signed) = (ExpiryKeyRecord.ObjectName(record.Name), record.Sign(server));
        if (await bucket.PutOnceAsync(name, Encoding.ASCII.GetBytes(signed), cancellation)) { return signed; }

        return Encoding.ASCII.GetString(await bucket.GetAsync(name, ExpiryKeyRecord.SizeLimit, cancellation) ?? throw new ObjectStoreException($"'{name}' is there, and is not."));
    }

    /// <summary>The public half, if the server itself said that it is this month's.</summary>
    private KekPublicKey Checked(ExpiryKey row, string kid, string signed)
    {
        var (record, signer) = ExpiryKeyRecord.Verify(signed);
        return signers.Servers.Contains(signer.Thumbprint) && record.Location == location && record.Month == $"{new ExpiryMonth(row.Month)}" && record.Name == row.Name && record.Key.Kid == kid
            ? record.Key
            : throw new TrackAlteredException($"What is kept of the key of {new ExpiryMonth(row.Month)} in '{location}' is not this server's word: nothing is wrapped for it.");
    }

    private sealed class Opened(IKeyWrapper key)
    {
        public IKeyWrapper Key { get; } = key;
        public long At { get; set; }
    }
}

/// <summary>What a data key is wrapped for.</summary>
/// <param name="ExpiryKey"><see cref="Catalogue.ExpiryKey.Id"/> of a month's key; null: the location's own.</param>
public sealed record WrappingKey(KekPublicKey Key, Guid? ExpiryKey);

/// <summary>Unwraps what is wrapped for a location's own key, and what is for one of its months.</summary>
internal sealed class LocationKeys(IKeyWrapper own, ExpiryKeys months, bool remembers = true) : IKeyWrapper
{
    public string Id => own.Id;

    public KekPublicKey PublicKey => own.PublicKey;

    /// <remarks>Whether a month's key has this name is known to the catalogue alone: what opens is seen when it is tried.</remarks>
    public bool Opens(string kid) => true;

    /// <inheritdoc/>
    public async ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation)
    {
        if (!own.Opens(wrapped.Kid) && await months.OpenAsync(wrapped.Kid, cancellation) is { } month) { return await (remembers ? month : month.WithoutMemory()).UnwrapAsync(wrapped, cancellation); }

        return await own.UnwrapAsync(wrapped, cancellation); // one that names none of them is refused there
    }

    internal LocationKeys WithoutMemory() => new(own.WithoutMemory(), months, remembers: false);
}
