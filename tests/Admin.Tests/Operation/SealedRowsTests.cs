using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>What notices say and what people ask for lies sealed in the catalogue.</summary>
public sealed class SealedRowsTests
{
    private const string Canary = "NOTICE-CANARY-5150";

    [Fact]
    public async Task Words_of_a_notice_are_shown_and_lie_nowhere_in_clear()
    {
        await using var server = await Server.StartAsync(("Notice:Purpose", $"To help you with {Canary}."));
        using var technician = await Technician.SignInAsync(server);
        var (_, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        Assert.Contains(Canary, (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        Assert.Empty(server.FilesThatHold(Canary));
    }

    [Fact]
    public async Task What_a_person_asks_for_opens_again_and_lies_nowhere_in_clear()
    {
        await using var server = await Server.StartAsync();
        var id = Guid.CreateVersion7(server.Clock.GetUtcNow());
        await SaveAsync(server, catalogue => catalogue.RequestCases.Add(new() { Id = id, Participant = Participant.First, Session = Guid.CreateVersion7(server.Clock.GetUtcNow()), Kind = RequestKind.Copy, Text = Canary, Contact = "me " + Canary, At = server.Clock.GetUtcNow() }));
        await SaveAsync(server, async catalogue => (await catalogue.RequestCases.SingleAsync(request => request.Id == id)).Answer = "Answered " + Canary);

        var read = await server.InCatalogueAsync(catalogue => catalogue.RequestCases.AsNoTracking().SingleAsync(request => request.Id == id));
        Assert.Equal((Canary, "me " + Canary, "Answered " + Canary), (read.Text, read.Contact, read.Answer));
        Assert.Empty(server.FilesThatHold(Canary));
    }

    [Fact]
    public async Task Words_that_were_put_into_another_row_or_changed_are_shown_to_nobody()
    {
        await using var server = await Server.StartAsync();
        await SaveAsync(server, catalogue => catalogue.Database.ExecuteSqlRawAsync("UPDATE Notices SET Sealed = (SELECT Sealed FROM Notices WHERE Language = 'de') WHERE Language = 'en'"));
        var exchanged = await Assert.ThrowsAsync<InvalidDataException>(() => EnglishAsync(server));
        Assert.Contains("support-recording version 1 in en", exchanged.Message, StringComparison.Ordinal);

        await SaveAsync(server, catalogue => catalogue.Database.ExecuteSqlRawAsync("UPDATE Notices SET Sealed = CAST('another' AS BLOB) WHERE Language = 'en'"));
        await Assert.ThrowsAsync<InvalidDataException>(() => EnglishAsync(server));
    }

    private static Task<PublishedNotice> EnglishAsync(Server server) =>
        server.InCatalogueAsync(catalogue => catalogue.Notices.AsNoTracking().SingleAsync(notice => notice.Language == "en"));

    private static Task SaveAsync(Server server, Action<CatalogueDb> change) => SaveAsync(server, catalogue =>
    {
        change(catalogue);
        return Task.CompletedTask;
    });

    private static Task<int> SaveAsync(Server server, Func<CatalogueDb, Task> change) => server.InCatalogueAsync(async catalogue =>
    {
        await change(catalogue);
        return await catalogue.SaveChangesAsync();
    });
}
