using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Tests.Audit;

/// <summary>Whatever somebody with the catalogue's file does to a row, its number is named: within the checkpoints' reach (rows 1 to 8) and behind it (9 to 12).</summary>
public sealed class VerifyAuditTrailTests
{

    public static TheoryData<int, string> Changes()
    {
        var data = new TheoryData<int, string>();
        foreach (var row in (int[])[1, 5, 8, 10])
        {
            foreach (var change in (string[])
            [
                "At = At + 1", "Actor = 'eve'", "Action = 'replay.closed'", "Session = '01990000-0000-7000-8000-0000000000AB'", "Session = NULL", "Outcome = 'refused'", "Detail = 'other'", "Detail = NULL", "Detail = ''",
                "Address = '198.51.100.0/24'", "Address = NULL", "Salt = randomblob(16)", "Previous = randomblob(32)", "Hash = randomblob(32)",
                "At = 'yesterday'", "At = 9223372036854775807", "Actor = 7", "Session = 'nobody'", "Detail = x'00'", "Salt = NULL", "Hash = NULL", "Hash = 'text'",
            ])
            {
                data.Add(row, change);
            }
        }

        return data;
    }

    [Fact]
    public async Task What_nobody_touched_is_whole()
    {
        using var trail = await NewAsync();
        Assert.Equal(new AuditFinding(12, null, "12 rows: the chain is whole, and 8 of them are as the 2 checkpoints say."), await trail.VerifyAsync());
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_part_of_a_row(int row, string change)
    {
        using var trail = await NewAsync();
        Assert.Equal(1, await trail.TamperAsync($"UPDATE Audit SET {change} WHERE Id = {row}"));
        await AssertFoundAsync(trail, row, AuditTampering.Changed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(10)]
    public async Task A_changed_row_whose_hash_was_computed_anew(int row)
    {
        using var trail = await NewAsync();
        await trail.TamperAsync($"UPDATE Audit SET Actor = 'eve' WHERE Id = {row}");
        await RehashAsync(trail, row, row);
        await AssertFoundAsync(trail, row, AuditTampering.Changed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task A_changed_row_after_which_the_whole_chain_was_computed_anew(int row)
    {
        using var trail = await NewAsync();
        await trail.TamperAsync($"UPDATE Audit SET Actor = 'eve' WHERE Id = {row}");
        await RehashAsync(trail, row, 12);
        await AssertFoundAsync(trail, row, AuditTampering.Changed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    public async Task A_removed_row(int row)
    {
        using var trail = await NewAsync();
        await trail.TamperAsync($"DELETE FROM Audit WHERE Id = {row}");
        await AssertFoundAsync(trail, row, AuditTampering.Removed);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(5, false)]
    [InlineData(8, false)]
    [InlineData(10, false)]
    [InlineData(1, true)]
    [InlineData(5, true)]
    public async Task A_removed_row_after_which_the_others_were_numbered_anew(int row, bool rehashed)
    {
        using var trail = await NewAsync();
        await trail.TamperAsync($"DELETE FROM Audit WHERE Id = {row}; " + Shift(row, "- 1"));
        if (rehashed) { await RehashAsync(trail, row, 11); }
        await AssertFoundAsync(trail, row, rehashed && row != 1 ? null : AuditTampering.Removed);
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(5, false, false)]
    [InlineData(8, false, false)]
    [InlineData(10, false, false)]
    [InlineData(5, true, false)]
    [InlineData(10, true, false)]
    [InlineData(5, true, true)]
    public async Task An_inserted_row(int row, bool hashed, bool allRehashed)
    {
        using var trail = await NewAsync();
        await trail.TamperAsync(Shift(row, "+ 1")
            + $"INSERT INTO Audit (Id, Action, Actor, At, Outcome, Salt, Previous, Hash) VALUES ({row}, 'x', 'eve', 1, 'allowed', randomblob(16), randomblob(32), randomblob(32))");
        if (hashed) { await RehashAsync(trail, row, allRehashed ? 13 : row); }
        await AssertFoundAsync(trail, row, allRehashed ? null : AuditTampering.Inserted);
    }

    [Fact]
    public async Task A_row_before_the_first_one()
    {
        using var trail = await NewAsync();
        await trail.TamperAsync("INSERT INTO Audit (Id, Action, Actor, At, Outcome) VALUES (0, 'x', 'eve', 1, 'allowed')");
        await AssertFoundAsync(trail, 0, AuditTampering.Inserted);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 7)]
    [InlineData(8, 9)]
    [InlineData(4, 12)]
    [InlineData(10, 11)]
    public async Task Two_rows_in_each_others_place(int first, int second)
    {
        using var trail = await NewAsync();
        await trail.TamperAsync($"UPDATE Audit SET Id = -1 WHERE Id = {first}; UPDATE Audit SET Id = {first} WHERE Id = {second}; UPDATE Audit SET Id = {second} WHERE Id = -1");
        await AssertFoundAsync(trail, first, AuditTampering.Reordered);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(6, 7)]
    [InlineData(8, 9)]
    [InlineData(11, 12)]
    public async Task A_tail_that_was_cut(int left, int firstGone)
    {
        using var trail = await NewAsync();
        await trail.TamperAsync($"DELETE FROM Audit WHERE Id > {left}");
        await AssertFoundAsync(trail, firstGone, AuditTampering.Removed);
        await trail.TamperAsync("DELETE FROM sqlite_sequence");
        if (left < 8) { await AssertFoundAsync(trail, firstGone, AuditTampering.Removed); } // what no checkpoint has and no cursor has read is gone without a trace

        await trail.TamperAsync("INSERT INTO AuditCursors VALUES ('syslog', 12, 0)");
        await AssertFoundAsync(trail, firstGone, AuditTampering.Removed);
    }

    [Fact]
    public async Task Reading_changes_nothing_in_the_file()
    {
        using var trail = await NewAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var before = await File.ReadAllBytesAsync(trail.File);
        await trail.VerifyAsync();
        Assert.Equal(before, await File.ReadAllBytesAsync(trail.File));
    }

    private static string Shift(int from, string by) => $"UPDATE Audit SET Id = -Id WHERE Id >= {from}; UPDATE Audit SET Id = -Id {by} WHERE Id < 0;";

    private static async Task<Trail> NewAsync()
    {
        var trail = await Trail.CreateAsync(5);
        await trail.CheckpointAsync();
        await trail.AddAsync(3);
        await trail.CheckpointAsync();
        await trail.AddAsync(4);
        return trail;
    }

    /// <param name="kind">Null: any, as only the number can be told.</param>
    private static async Task AssertFoundAsync(Trail trail, long row, AuditTampering? kind)
    {
        var found = await trail.VerifyAsync();
        Assert.True(found.Kind is not null && (kind is null || found.Kind == kind) && found.Row == row, $"{kind} {row} was expected, and found was: {found}");
        Assert.Contains($"{row}", found.Detail, StringComparison.Ordinal);
    }

    /// <summary>Computes these rows' hashes anew, as an attacker who has read this program can.</summary>
    private static async Task RehashAsync(Trail trail, int from, int to)
    {
        await using var catalogue = trail.Open();
        var previous = (await catalogue.Audit.AsNoTracking().SingleOrDefaultAsync(row => row.Id == from - 1))?.Hash ?? AuditChain.Start.ToArray();
        foreach (var row in await catalogue.Audit.AsNoTracking().Where(row => row.Id >= from && row.Id <= to).OrderBy(row => row.Id).ToListAsync())
        {
            var hash = AuditChain.HashOf(previous, row.Id, row.Salt, row);
            await catalogue.Database.ExecuteSqlAsync($"UPDATE Audit SET Previous = {previous}, Hash = {hash} WHERE Id = {row.Id}");
            previous = hash;
        }
    }
}
