using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Audit;

/// <summary>Chains the rows of versions that did not: once, after the migration, and before anything else is added.</summary>
public static class ChainEarlierRows
{
    private const int Batch = 1000;

    /// <summary>Numbers and chains all rows where none of them is chained; otherwise touches nothing.</summary>
    /// <returns>How many were chained.</returns>
    public static async Task<long> RunAsync(CatalogueDb catalogue, CancellationToken cancellation)
    {
        await using var transaction = await catalogue.BeginWritingAsync(cancellation);
        if (await catalogue.Audit.AnyAsync(row => row.Hash != null, cancellation)) { return 0; }

        var (sequence, previous, read) = (0L, AuditChain.Start.ToArray(), 0L);
        while (true)
        {
            var rows = await catalogue.Audit.AsNoTracking().Where(row => row.Id > read && row.Hash == null).OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellation);
            if (rows.Count == 0) { break; }

            foreach (var row in rows)
            {
                var salt = RandomNumberGenerator.GetBytes(AuditChain.SaltLength);
                var hash = AuditChain.HashOf(previous, ++sequence, salt, row);
                await catalogue.Database.ExecuteSqlAsync(
                    $"""UPDATE "Audit" SET "Id" = {sequence}, "Salt" = {salt}, "Previous" = {previous}, "Hash" = {hash} WHERE "Id" = {row.Id}""", cancellation);
                (previous, read) = (hash, row.Id);
            }
        }

        await transaction.CommitAsync(cancellation);
        return sequence;
    }
}
