using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The database: whether it answers, and whether its tables are those of this version.</summary>
internal sealed class CataloguePart(CatalogueDb catalogue, AccountsDb accounts, DataFolder folder, TimeProvider clock) : IServerPart
{
    public string Name => "Catalogue";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        await catalogue.Sessions.OrderBy(session => session.Id).Select(session => session.Id).FirstOrDefaultAsync(cancellation);
        var took = clock.GetElapsedTime(begun);
        var isCurrent = (await catalogue.PendingMigrationsAsync(cancellation)).Count == 0 && (await accounts.PendingMigrationsAsync(cancellation)).Count == 0;
        var kind = catalogue.Database.ProviderName?.Split('.')[^1] ?? "";
        List<(string, string)> facts = [("Kind", kind), ("Answers in", $"{took.TotalMilliseconds:0.0} ms"), ("Tables as of", (await catalogue.Database.GetAppliedMigrationsAsync(cancellation)).Last())];
        facts.Add(("Size", Words.Size(catalogue.Database.IsSqlite()
            ? Directory.EnumerateFiles(folder.Root, "catalogue.db*").Sum(file => new FileInfo(file).Length)
            : await catalogue.Database.SqlQuery<long>($"SELECT pg_database_size(current_database()) AS \"Value\"").SingleAsync(cancellation))));

        return isCurrent
            ? PartHealth.Of(Name, PartState.Fine, "It answers, and its tables are those of this version.", [.. facts])
            : PartHealth.Of(Name, PartState.Broken, "Its tables are not those of this version. Restart the server, which brings them up to date.", [.. facts]);
    }
}
