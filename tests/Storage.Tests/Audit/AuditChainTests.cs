using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Tests.Audit;

/// <summary>Rows of the audit trail get numbers without holes and hashes that cover what was before, and stay as they are.</summary>
public sealed class AuditChainTests
{
    [Fact]
    public async Task A_hundred_rows_of_one_save_are_numbered_in_the_order_in_which_they_were_added()
    {
        using var trail = await Trail.CreateAsync(2);
        await using (var catalogue = trail.Open())
        {
            catalogue.Audit.AddRange(Enumerable.Range(3, 98).Select(i => Trail.Row(detail: $"{i}")));
            await catalogue.SaveChangesAsync();
        }

        var rows = await trail.ReadAsync();
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), rows.Select(row => row.Id));
        Assert.All(rows.Skip(2), row => Assert.Equal($"{row.Id}", row.Detail));
        AssertChained(rows);
    }

    [Fact]
    public async Task The_hash_is_the_one_that_the_format_describes()
    {
        using var trail = await Trail.CreateAsync(1);
        await using (var catalogue = trail.Open())
        {
            catalogue.Audit.Add(new() { At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123).AddTicks(17), Actor = "ä", Action = "x", Outcome = "failed" });
            catalogue.SaveChanges();
        }

        var rows = await trail.ReadAsync();
        Assert.Equal(SHA256.HashData([.. "secure-recorder/audit/1\0"u8, .. rows[0].Hash!, .. Number(2), .. rows[1].Salt!, .. Number(1_700_000_000_123), .. Text("ä"), .. Text("x"), 0, .. Text("failed"), 0, 0]), rows[1].Hash);
        var first = rows[0];
        Assert.Equal(
            SHA256.HashData([.. "secure-recorder/audit/1\0"u8, .. new byte[32], .. Number(1), .. first.Salt!, .. Number(first.At.ToUnixTimeMilliseconds()), .. Text(first.Actor), .. Text(first.Action), 1, .. first.Session!.Value.ToByteArray(true), .. Text(first.Outcome), .. Text(first.Detail!), .. Text(first.Address!)]),
            first.Hash);

        static byte[] Number(long number)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            return bytes;
        }

        static byte[] Text(string text) => [1, 0, 0, 0, (byte)Encoding.UTF8.GetByteCount(text), .. Encoding.UTF8.GetBytes(text)];
    }

    [Fact]
    public async Task Texts_that_no_database_keeps_do_not_break_the_chain()
    {
        using var trail = await Trail.CreateAsync();
        await using (var catalogue = trail.Open())
        {
            catalogue.Audit.Add(Trail.Row(detail: "before\0after \ud800 \U0001F600 \r\n"));
            await catalogue.SaveChangesAsync();
        }

        var rows = await trail.ReadAsync();
        Assert.Equal("before\uFFFDafter \uFFFD \U0001F600 \r\n", rows[0].Detail);
        AssertChained(rows);
    }

    [Fact]
    public async Task Four_writers_at_once_make_one_chain_without_holes()
    {
        using var trail = await Trail.CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => trail.AddAsync(25))));
        var rows = await trail.ReadAsync();
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), rows.Select(row => row.Id));
        AssertChained(rows);
    }

    [Fact]
    public async Task A_row_commits_with_its_change_or_not_at_all_and_a_failed_save_leaves_no_hole()
    {
        using var trail = await Trail.CreateAsync(1);
        await using (var catalogue = trail.Open())
        {
            catalogue.AuditCursors.Add(new() { Name = "taken" });
            await catalogue.SaveChangesAsync();
        }

        await using (var catalogue = trail.Open())
        {
            catalogue.AuditCursors.Add(new() { Name = "taken" });
            catalogue.Audit.AddRange(Trail.Row(), Trail.Row());
            await Assert.ThrowsAsync<DbUpdateException>(() => catalogue.SaveChangesAsync());
            Assert.Single(await trail.ReadAsync());

            await trail.AddAsync(1); // somebody else, meanwhile
            catalogue.Entry(catalogue.AuditCursors.Local.Single()).State = EntityState.Detached;
            await catalogue.SaveChangesAsync();
        }

        var rows = await trail.ReadAsync();
        Assert.Equal([1, 2, 3, 4], rows.Select(row => row.Id));
        AssertChained(rows);
    }

    [Fact]
    public async Task Within_a_transaction_the_rows_go_when_it_is_rolled_back()
    {
        using var trail = await Trail.CreateAsync(1);
        await using (var catalogue = trail.Open())
        {
            await using var transaction = await catalogue.Database.BeginTransactionAsync();
            catalogue.Audit.Add(Trail.Row());
            await catalogue.SaveChangesAsync();
            catalogue.Audit.Add(Trail.Row());
            await catalogue.SaveChangesAsync();
            await transaction.RollbackAsync();
        }

        await trail.AddAsync(1);
        var rows = await trail.ReadAsync();
        Assert.Equal([1, 2], rows.Select(row => row.Id));
        AssertChained(rows);
    }

    [Fact]
    public async Task The_product_neither_changes_nor_deletes_a_row()
    {
        using var trail = await Trail.CreateAsync(2);
        await using var catalogue = trail.Open();
        var row = await catalogue.Audit.FirstAsync();
        catalogue.Entry(row).Property(r => r.Detail).CurrentValue = "other";
        await Assert.ThrowsAsync<InvalidOperationException>(() => catalogue.SaveChangesAsync());
        catalogue.ChangeTracker.Clear();
        catalogue.Audit.Remove(row);
        Assert.Throws<InvalidOperationException>(() => catalogue.SaveChanges());
    }

    [Theory]
    [InlineData("UPDATE Audit SET Detail = 'x' WHERE Id = 1")]
    [InlineData("UPDATE Audit SET Hash = NULL")]
    [InlineData("DELETE FROM Audit WHERE Id = 2")]
    [InlineData("DELETE FROM Audit")]
    [InlineData("INSERT OR REPLACE INTO Audit SELECT * FROM Audit WHERE Id = 1")]
    [InlineData("INSERT INTO Audit SELECT Id + 5, Action, Actor, At, Detail, Outcome, Session, Address, Hash, Previous, Salt FROM Audit WHERE Id = 2")]
    [InlineData("INSERT INTO Audit (Action, Actor, At, Outcome) VALUES ('x', 'y', 1, 'allowed')")]
    public async Task Not_even_a_mistake_in_a_statement_does(string sql)
    {
        using var trail = await Trail.CreateAsync(2);
        var refused = await Assert.ThrowsAsync<SqliteException>(() => trail.TamperAsync(sql, withTriggers: true));
        Assert.Contains("audit trail", refused.Message, StringComparison.Ordinal);
        AssertChained(await trail.ReadAsync());
    }

    [Fact]
    public async Task Rows_of_earlier_versions_are_numbered_and_chained_once()
    {
        using var trail = await Trail.CreateAsync();
        await trail.TamperAsync("INSERT INTO Audit (Id, Action, Actor, At, Outcome) VALUES (2, 'x', 'y', 1, 'allowed'), (5, 'x', 'z', 1, 'allowed')");
        await using var catalogue = trail.Open();
        catalogue.Audit.Add(Trail.Row());
        await Assert.ThrowsAsync<InvalidOperationException>(() => catalogue.SaveChangesAsync());
        catalogue.ChangeTracker.Clear();

        Assert.Equal(2, await ChainEarlierRows.RunAsync(catalogue, TestContext.Current.CancellationToken));
        await trail.AddAsync(1);
        Assert.Equal(0, await ChainEarlierRows.RunAsync(catalogue, TestContext.Current.CancellationToken));
        var rows = await trail.ReadAsync();
        Assert.Equal([(1L, "y"), (2L, "z"), (3L, "tina")], rows.Select(row => (row.Id, row.Actor)));
        AssertChained(rows);
    }

    private static void AssertChained(IReadOnlyList<AuditRow> rows)
    {
        var previous = AuditChain.Start.ToArray();
        foreach (var row in rows)
        {
            Assert.Equal(previous, row.Previous);
            Assert.Equal(AuditChain.HashOf(previous, row.Id, row.Salt, row), row.Hash);
            previous = row.Hash!;
        }
    }
}
