using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>A catalogue from before sessions had several participants keeps everybody who was in one.</summary>
public sealed class ParticipantsMigrationTests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"catalogue-{Guid.NewGuid():N}.db");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        File.Delete(file);
    }

    [Fact]
    public async Task Everybody_becomes_p1_of_their_session_with_what_they_had()
    {
        await using (var before = Open())
        {
            await before.GetService<IMigrator>().MigrateAsync("AuditAddress");
            await AddAsync(before, 1, "Invited", joined: null, consent: null, recorder: null, paused: null);
            await AddAsync(before, 2, "AwaitingConsent", joined: 1000, consent: null, recorder: 900, paused: null);
            await AddAsync(before, 3, "Paused", joined: 1000, consent: 2000, recorder: 900, paused: "paused-by-person");
            await AddAsync(before, 4, "Paused", joined: 1000, consent: 2000, recorder: 900, paused: "paused-by-technician");
            await AddAsync(before, 5, "Declined", joined: 1000, consent: null, recorder: null, paused: null);
            await AddAsync(before, 6, "Expired", joined: 1000, consent: null, recorder: null, paused: null);
            await AddAsync(before, 7, "Recorded", joined: 1000, consent: 2000, recorder: 900, paused: null);
        }

        await using var after = Open();
        await after.Database.MigrateAsync();
        var sessions = await after.Sessions.Include(s => s.Participants).OrderBy(s => s.Id).ToListAsync();
        Assert.All(sessions, session => Assert.Equal("p1", Assert.Single(session.Participants).Name));
        Assert.Equal(
            [ParticipantState.Invited, ParticipantState.Deciding, ParticipantState.Allowed, ParticipantState.Allowed, ParticipantState.Declined, ParticipantState.Silent, ParticipantState.Allowed],
            sessions.Select(session => session.Of("p1").State));
        Assert.Equal([true, false, false, false, false, false, false], sessions.Select(session => session.Of("p1").CodeHash.Length > 0));
        Assert.Equal([true, false, false, false, true, true, false], sessions.Select(session => session.CodeHash.Length > 0)); // a recorder that joined has no code any more
        Assert.Equal([false, false, true, false, false, false, false], sessions.Select(session => session.Of("p1").Paused));
        Assert.Equal([false, false, false, true, false, false, false], sessions.Select(session => session.PausedByTechnician));
        Assert.All(sessions, session => Assert.Null(session.TechnicianAcceptedAt));
        var read = sessions[2].Of("p1");
        Assert.Equal(("support-recording", 3, "de"), (read.NoticeId, read.NoticeVersion, read.NoticeLanguage));
        Assert.Equal((1000, 2000), (read.JoinedAt!.Value.ToUnixTimeMilliseconds(), read.ConsentAt!.Value.ToUnixTimeMilliseconds()));
        Assert.Equal([7, 7], read.TokenHash);
        Assert.Equal([9, 9], read.ConsentDigest);
        Assert.Equal([9, 9], sessions[2].ConsentDigest);
        Assert.Equal("sha", read.NoticeSha256);
    }

    private CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={file}").Options);

    private static Task<int> AddAsync(CatalogueDb catalogue, int number, string state, long? joined, long? consent, long? recorder, string? paused) => catalogue.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO "Sessions" ("Id", "Technician", "CreatedAt", "State", "Version", "CodeHash", "CodeExpiresAt", "PersonJoinedAt", "RecorderJoinedAt", "ParticipantTokenHash", "ConsentDigest", "ConsentAt",
            "NoticeId", "NoticeVersion", "NoticeLanguage", "DecideUntil", "NoticeSha256", "Region", "PausedBecause")
        VALUES ({$"01990000-0000-7000-8000-00000000000{number}"}, 'tina', 500, {state}, 1, x'0101', 5000, {joined}, {recorder}, CASE WHEN {joined} IS NULL THEN NULL ELSE x'0707' END,
            CASE WHEN {consent} IS NULL THEN NULL ELSE x'0909' END, {consent}, 'support-recording', 3, 'de', 9000, 'sha', 'eu', {paused})
        """);
}
