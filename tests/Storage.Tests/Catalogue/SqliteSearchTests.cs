using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>The search on SQLite.</summary>
public sealed class SqliteSearchTests : SearchConformance
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"catalogue-{Guid.NewGuid():N}.db");

    [Fact]
    public async Task Every_search_walks_along_an_index_in_its_order_and_sorts_nothing()
    {
        var explain = new Explain("EXPLAIN QUERY PLAN ");
        await SearchAllAsync(explain);
        foreach (var (command, plan) in explain.Plans)
        {
            Assert.False(plan.Contains("SCAN", StringComparison.Ordinal), $"{command}\n{plan}");
            if (!command.Contains("LIMIT", StringComparison.Ordinal)) { continue; } // single sessions, and the rows of the page
            Assert.False(plan.Contains("TEMP B-TREE", StringComparison.Ordinal), $"{command}\n{plan}");
            Assert.Contains($"USING {(plan.Contains("COVERING", StringComparison.Ordinal) ? "COVERING " : "")}INDEX {IndexFor(command)} ", plan, StringComparison.Ordinal);
        }

        Assert.Equal(9, explain.Plans.Select(plan => IndexFor(plan.Command)).Distinct(StringComparer.Ordinal).Count());
    }

    private static string IndexFor(string command)
    {
        bool Asks(string column) => command.Contains($"\"{column}\" = ", StringComparison.Ordinal);
        return Asks("Technician") ? "IX_Sessions_ByTechnician"
            : command.Contains("ORDER BY \"s\".\"State\"", StringComparison.Ordinal) ? "IX_Sessions_State"
            : (Asks("Team"), Asks("Label"), Asks("State")) switch
            {
                (true, true, false) => "IX_Sessions_ByTeamLabel",
                (true, true, true) => "IX_Sessions_ByTeamLabelState",
                (true, false, false) => "IX_Sessions_ByTeam",
                (true, false, true) => "IX_Sessions_ByTeamState",
                (false, true, false) => "IX_Sessions_ByLabel",
                (false, true, true) => "IX_Sessions_ByLabelState",
                _ => "IX_Sessions_ByTicket",
            };
    }

    protected override CatalogueDb Open(params IInterceptor[] interceptors) =>
        new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={file}").AddInterceptors(interceptors).Options);

    protected override async Task CreateAsync()
    {
        await using var catalogue = Open();
        await catalogue.Database.MigrateAsync();
    }

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        File.Delete(file);
        return ValueTask.CompletedTask;
    }
}
