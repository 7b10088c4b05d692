using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Consent.Language;

namespace SecureRecorder.Admin.Tests.Notices;

/// <summary>What becomes of the configuration on the first start.</summary>
public sealed class FirstNoticeTests
{
    [Fact]
    public async Task Words_of_the_operators_own_are_published_in_their_language_only_and_the_others_wait_for_a_translation()
    {
        await using var server = await Server.StartAsync(("Notice:Language", "de"), ("Notice:Purpose", "Aus einem eigenen Grund."), ("Notice:Version", "7"));
        var published = Assert.Single(await server.InCatalogueAsync(catalogue => catalogue.Notices.AsNoTracking().ToListAsync()));
        var german = ParticipantLanguage.Find("de")!.Defaults;
        Assert.Equal(("de", 7, "Aus einem eigenen Grund.", german.Risks), (published.Language, published.Version, published.Words.Purpose, published.Words.Risks));
        var drafts = await server.InCatalogueAsync(catalogue => catalogue.NoticeDrafts.AsNoTracking().OrderBy(draft => draft.Language).ToListAsync());
        Assert.Equal(["de True", "en False", "es False", "fr False"], drafts.Select(draft => $"{draft.Language} {draft.Enabled}"));
    }

    [Fact]
    public async Task Configuration_that_changes_later_changes_no_published_version()
    {
        await using var server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        var (_, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        var before = await person.NoticeAsync();

        server.Configure("Notice:Controller", "Another Ltd");
        server.Configure("Notice:Risks", "Another risk.");
        await server.StartAgainAsync();
        Assert.Equal(before.Text, (await person.NoticeAsync()).Text);
        var (_, next) = await technician.StartSessionAsync();
        using var second = await Person.JoinAsync(server, next);
        Assert.Equal(before.Notice, (await second.NoticeAsync()).Notice);
    }
}
