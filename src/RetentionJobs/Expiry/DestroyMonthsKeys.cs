using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Expiry;

/// <summary>Destroys the keys of months that are over and on which nothing hangs, and certifies it: from then on no backup opens what was deleted.</summary>
/// <remarks>Idempotent: that a key is to be destroyed is in the catalogue before, and nothing comes to hang on it after.</remarks>
public sealed class DestroyMonthsKeys(CatalogueDb catalogue, SigningKey server, JobReport report, TimeProvider clock)
{
    /// <exception cref="KeyServiceException">The vault does not destroy one now.</exception>
    /// <exception cref="ObjectStoreException">The certificate could not be stored.</exception>
    /// <exception cref="TrackAlteredException">Another certificate lies in its place.</exception>
    public async Task RunAsync(Location location, CancellationToken cancellation)
    {
        var over = ExpiryMonth.Of(clock.GetUtcNow() - DestroyExpiredKeys.Margin);
        foreach (var key in await catalogue.ExpiryKeys.AsNoTracking().Where(k => k.Location == location.Name && k.DestroyedAt == null && k.Month < over.Number).OrderBy(k => k.Month).ToListAsync(cancellation))
        {
            if (await catalogue.ChangeAsync(() => MarkAsync(key.Id, cancellation)) is not { } marked) { continue; }

            var certificate = await location.Months.DestroyAsync(marked, cancellation);
            var (name, signed) = (KeyDestructionCertificate.ObjectName(marked.Name), certificate.Sign(server));
            if (!await location.Store.PutOnceAsync(name, Encoding.ASCII.GetBytes(signed), cancellation))
            {
                signed = Encoding.ASCII.GetString(await location.Store.GetAsync(name, ExpiryKeyRecord.SizeLimit, cancellation) ?? throw new ObjectStoreException($"'{name}' is there, and is not."));
                (certificate, var signer) = KeyDestructionCertificate.Verify(signed); // this server put it, and was killed
                if (signer.Thumbprint != server.Public.Thumbprint) { throw new TrackAlteredException($"'{name}' is there already, and is not signed by this server."); }
            }

            await catalogue.ChangeAsync(() => BuryAsync(key.Id, certificate, signed, cancellation));
            report.Did("month's key", "destroyed");
        }
    }

    /// <returns>Null: something hangs on it still.</returns>
    private async Task<ExpiryKey?> MarkAsync(Guid id, CancellationToken cancellation)
    {
        await using var writing = await catalogue.BeginWritingAsync(cancellation); // whoever places a hold at this moment waits, or is seen
        var key = await catalogue.ExpiryKeys.SingleAsync(k => k.Id == id, cancellation);
        if (key.DestroyingSince is null && await catalogue.IsNeededAsync(key, cancellation)) { return null; }

        key.DestroyingSince ??= clock.GetUtcNow();
        await catalogue.SaveChangesAsync(cancellation);
        await writing.CommitAsync(cancellation);
        return key;
    }

    private async Task<bool> BuryAsync(Guid id, KeyDestructionCertificate certificate, string signed, CancellationToken cancellation)
    {
        var key = await catalogue.ExpiryKeys.SingleAsync(k => k.Id == id, cancellation);
        if (key.DestroyedAt is not null) { return true; }

        (key.DestroyedAt, key.RecoverableUntil, key.Certificate) = (certificate.At, certificate.RecoverableUntil, signed);
        catalogue.Audit.Add(new()
        {
            At = clock.GetUtcNow(), Actor = "server", Action = "keys.month-destroyed", Outcome = "allowed",
            Detail = $"{key.Location}: {new ExpiryMonth(key.Month)}, {key.Name}{(key.RecoverableUntil is { } until ? $"; its store's owner could bring it back until {until.UtcDateTime:yyyy-MM-dd}" : "")}",
        });
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }
}
