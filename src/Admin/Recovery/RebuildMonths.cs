using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Makes the rows of months' keys anew, from what the server signed of them into the bucket: without them nothing that is wrapped for them opens, and nobody destroys them on their day.</summary>
internal sealed class RebuildMonths(Location location, NamedKeys stores, SigningKey server, AcceptedKeys keys)
{
    private readonly List<string> _notes = [];

    /// <summary>What is to be said of them.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Adds those that are not there; it can be repeated.</summary>
    /// <param name="keep">Writes down whose signatures count, before something is taken over.</param>
    /// <returns>Ids of all months' keys of the location, by the name that key files have for them.</returns>
    /// <exception cref="KeyServiceException">A store of keys does not answer now.</exception>
    public async Task<IReadOnlyDictionary<string, Guid>> RunAsync(CatalogueDb catalogue, FoundMonths found, Action keep, CancellationToken cancellation)
    {
        var rows = await catalogue.ExpiryKeys.Where(k => k.Location == location.Name).ToDictionaryAsync(k => k.Month, cancellation);
        foreach (var month in found.All.OrderBy(month => month.Destroyed is not null).ThenBy(month => month.Record.MadeAt)) // of two keys of one month, that which opens something
        {
            var said = month.Record;
            if (!keys.Accept(month.Signer)) { _notes.Add($"'{ExpiryKeyRecord.ObjectName(said.Name)}' is signed with the key {month.Signer.Thumbprint}, which is not the server's: it was left out. If it is yours, name it with --server-key."); continue; }

            var end = month.Destroyed is { } destroyed && keys.Accept(destroyed.Signer) ? destroyed : null;
            if (!rows.TryGetValue(month.Month.Number, out var row)) { catalogue.ExpiryKeys.Add(rows[month.Month.Number] = row = await RowOfAsync(month, isThere: end is null, cancellation)); }
            else if (row.Name != said.Name) { _notes.Add($"'{ExpiryKeyRecord.ObjectName(said.Name)}' names a second key of {month.Month}, beside '{row.Name}': it was left out."); continue; }

            if (row.DestroyedAt is null && end is not null) { Bury(row, end); }
        }

        keep();
        await catalogue.SaveChangesAsync(cancellation);
        return rows.Values.Where(row => row.Kid is not null).ToDictionary(row => row.Kid!, row => row.Id, StringComparer.Ordinal);
    }

    private async Task<ExpiryKey> RowOfAsync(FoundMonth month, bool isThere, CancellationToken cancellation)
    {
        var said = month.Record;
        return new()
        {
            Id = Guid.CreateVersion7(said.MadeAt), Location = location.Name, Month = month.Month.Number, Name = said.Name, MadeAt = said.MadeAt, Kid = said.Key.Kid,
            Beside = isThere ? await BesideAsync(month, cancellation) : stores.BesideMain()[0],
            Record = said.Location == location.Name ? month.Jws : (said with { Location = location.Name }).Sign(server), // the location had another name on the server before
        };
    }

    /// <summary>The key beside which it lies: the bucket does not say it, and the location may have had another one when it was made.</summary>
    private async Task<string?> BesideAsync(FoundMonth month, CancellationToken cancellation)
    {
        var (name, all) = (month.Record.Name, stores.BesideMain());
        foreach (var beside in all)
        {
            try
            {
                var key = await stores.StoreBeside(beside).FindAsync(name, cancellation);
                var isIt = key?.Opens(month.Record.Key.Kid) is true;
                (key as IDisposable)?.Dispose();
                if (isIt) { return beside; }
            }
            catch (Exception refused) when (refused is KeyRefusedException or KeyServiceException { IsTransient: false })
            {
                _notes.Add($"The key of {month.Month} does not open: {refused.Message}");
            }
        }

        _notes.Add($"The key of {month.Month} is not there: {string.Join(", nor ", all.Select(beside => $"'{stores.StoreBeside(beside).PlaceOf(name)}'"))}.");
        return all[0];
    }

    private static void Bury(ExpiryKey row, FoundDestruction end) =>
        (row.DestroyingSince, row.DestroyedAt, row.RecoverableUntil, row.Certificate) = (end.Certificate.At, end.Certificate.At, end.Certificate.RecoverableUntil, end.Jws);
}
