using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>The person's page itself, with an example technician and the date of today, and nothing that can be pressed.</summary>
internal sealed class NoticePreview(IOptions<NoticeOptions> options, IOptions<LocationOptions> location, IOptions<ChatOptions> chat, TimeProvider clock)
{
    private const string ExampleTechnician = "Alex Example";

    public RazorComponentResult<ConsentPage> Of(PublishedNotice notice, IReadOnlyList<string> languages)
    {
        var now = clock.GetUtcNow();
        return new(new
        {
            Notice = Notice.For(notice, Participant.First, chat.Value.Keep is ChatKeeping.Recording, ExampleTechnician, location.Value.Region, options.Value.KeepUntil(now)),
            Languages = languages,
            Until = now + ExtendTimeToDecide.Step,
            MayExtend = true,
            Inert = true,
        });
    }

    /// <param name="version">The version that it would become.</param>
    public RazorComponentResult<ConsentPage> Of(NoticeDraft draft, int version, IReadOnlyList<string> languages) => Of(
        new PublishedNotice
        {
            Id = draft.Id, Version = version, Language = draft.Language, Words = draft.Words, AsksSpecialCategories = draft.AsksSpecialCategories, AsksGuardian = draft.AsksGuardian,
            PublishedAt = draft.SavedAt, PublishedBy = draft.SavedBy,
        },
        languages);
}
