using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Puts the rows that checkpoints of the bucket have back into an empty audit trail, each with the number, salt and hashes that it had: the chain goes on where the last checkpoint ends.</summary>
/// <remarks>A checkpoint's rows come in one transaction; what is there already is passed over, so that a killed run goes on.</remarks>
internal sealed class RestoreAuditTrail(CatalogueDb catalogue)
{
    public async Task RunAsync(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        await using var transaction = await catalogue.BeginWritingAsync(cancellation);
        var there = await catalogue.Audit.MaxAsync(row => (long?)row.Id, cancellation) ?? 0;
        if (there >= rows[^1].Id || there != rows[0].Id - 1) { return; } // they are there, or the trail went on without them

        foreach (var row in rows)
        {
            await catalogue.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "Audit" ("Id", "At", "Actor", "Action", "Session", "Outcome", "Detail", "Address", "Salt", "Previous", "Hash")
                VALUES ({row.Id}, {row.At.ToUnixTimeMilliseconds()}, {row.Actor}, {row.Action}, {row.Session}, {row.Outcome}, {row.Detail}, {row.Address}, {row.Salt}, {row.Previous}, {row.Hash})
                """,
                cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }
}
