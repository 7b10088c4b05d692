using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>The person's page itself, with an example technician and the date of today, and nothing that can be pressed.</summary>
internal sealed class NoticePreview(CatalogueDb catalogue, IOptions<LocationOptions> location, TimeProvider clock)
{
    private const string ExampleTechnician = "Alex Example";

    public async Task<RazorComponentResult<ConsentPage>> OfAsync(PublishedNotice notice, IReadOnlyList<string> languages, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var policy = await catalogue.PolicyInForceAsync(team: null, cancellation);
        return new(new
        {
            Notice = Notice.For(
                notice, Participant.First, RetentionDates.ChatOf(policy.Of(RetentionPart.Chat).Keep) is ChatKeeping.Recording, ExampleTechnician, location.Value.Region, KeepingTerms.Shown(policy, RetentionDates.DayOf(now))),
            Languages = languages,
            Until = now + ExtendTimeToDecide.Step,
            MayExtend = true,
            Inert = true,
        });
    }

    /// <param name="version">The version that it would become.</param>
    public Task<RazorComponentResult<ConsentPage>> OfAsync(NoticeDraft draft, int version, IReadOnlyList<string> languages, CancellationToken cancellation) => OfAsync(
        new PublishedNotice
        {
            Id = draft.Id, Version = version, Language = draft.Language, Words = draft.Words, AsksSpecialCategories = draft.AsksSpecialCategories, AsksGuardian = draft.AsksGuardian,
            PublishedAt = draft.SavedAt, PublishedBy = draft.SavedBy,
        },
        languages, cancellation);
}
