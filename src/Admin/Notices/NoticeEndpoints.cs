using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>The notice's versions, the drafts of the next one, and publishing it.</summary>
internal static class NoticeEndpoints
{
    public static WebApplicationBuilder AddNotices(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<SaveDraft>();
        builder.Services.AddScoped<PublishNotice>();
        builder.Services.AddScoped<NoticePreview>();
        builder.Services.AddHostedOnWeb<PublishFirstNotice>();
        return builder;
    }

    public static void MapNotices(this IEndpointRouteBuilder routes)
    {
        var notices = routes.MapGroup("/notices").RequireAuthorization(Policies.Admins);
        notices.MapGet("", (ClaimsPrincipal user, CatalogueDb catalogue, IOptions<NoticeOptions> options, CancellationToken cancellation) =>
            ListAsync(user, catalogue, options, [], StatusCodes.Status200OK, cancellation));
        notices.MapPost("/publish", PublishAsync);
        notices.MapGet("/draft/{language}", EditAsync);
        notices.MapPost("/draft/{language}", SaveAsync);
        notices.MapGet("/preview/{language}", PreviewDraftAsync);
        notices.MapGet("/versions/{version:int}/{language}", ShowVersionAsync);
    }

    private static async Task<RazorComponentResult<NoticesPage>> ListAsync(
        ClaimsPrincipal user, CatalogueDb catalogue, IOptions<NoticeOptions> options, IReadOnlyList<string> refusals, int status, CancellationToken cancellation)
    {
        var id = options.Value.Id;
        return new(new
        {
            Account = user.Identity!.Name!,
            Published = (IReadOnlyList<PublishedNotice>)await catalogue.Notices.AsNoTracking().Where(notice => notice.Id == id).OrderByDescending(notice => notice.Version).ToListAsync(cancellation),
            Drafts = await DraftsAsync(catalogue, id, cancellation),
            Refusals = refusals,
        })
        { StatusCode = status };
    }

    private static async Task<IResult> PublishAsync(
        [FromForm] int version, ClaimsPrincipal user, PublishNotice publish, CatalogueDb catalogue, IOptions<NoticeOptions> options, CancellationToken cancellation) =>
        await publish.RunAsync(version, user.Identity!.Name!, cancellation) switch
        {
            PublishNotice.Outcome.Published => TypedResults.LocalRedirect("~/notices"),
            PublishNotice.Outcome.Refused refused => await ListAsync(user, catalogue, options, refused.Reasons, StatusCodes.Status422UnprocessableEntity, cancellation),
            PublishNotice.Outcome.SomebodyWasFaster faster => await ListAsync(
                user, catalogue, options, [$"Version {faster.Version} was published meanwhile. Look at it, then publish if there is still something to change."], StatusCodes.Status409Conflict, cancellation),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<IResult> EditAsync(string language, ClaimsPrincipal user, CatalogueDb catalogue, IOptions<NoticeOptions> options, HttpContext http, CancellationToken cancellation) =>
        await FindDraftAsync(language, catalogue, options, cancellation) is { } draft ? DraftPageFor(user, draft, [], http) : NoSuchLanguage(http);

    private static async Task<IResult> SaveAsync(
        string language, [FromForm] DraftForm? sent, ClaimsPrincipal user, SaveDraft save, CatalogueDb catalogue, IOptions<NoticeOptions> options, HttpContext http, CancellationToken cancellation)
    {
        var form = sent ?? new(); // nothing but the form's token
        switch (await save.RunAsync(language, form, user.Identity!.Name!, cancellation))
        {
            case SaveDraft.Outcome.Saved: return TypedResults.LocalRedirect($"~/notices/draft/{language}");
            case SaveDraft.Outcome.Refused refused:
                var draft = (await FindDraftAsync(language, catalogue, options, cancellation))!;
                (draft.Words, draft.Enabled, draft.AsksSpecialCategories, draft.AsksGuardian) = (form.Words(), form.Enabled, form.AsksSpecialCategories, form.AsksGuardian); // what was typed, to go on with
                return DraftPageFor(user, draft, refused.Reasons, http);
            default: return NoSuchLanguage(http);
        }
    }

    private static RazorComponentResult<DraftPage> DraftPageFor(ClaimsPrincipal user, NoticeDraft draft, IReadOnlyList<string> refusals, HttpContext http)
    {
        WebSafety.MayFrameOwnPages(http.Response);
        return new(new { Account = user.Identity!.Name!, Draft = draft, Refusals = refusals })
        {
            StatusCode = refusals.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
    }

    private static async Task<IResult> PreviewDraftAsync(
        string language, CatalogueDb catalogue, CurrentNotice current, NoticePreview preview, IOptions<NoticeOptions> options, HttpContext http, CancellationToken cancellation)
    {
        if (await FindDraftAsync(language, catalogue, options, cancellation) is not { } draft) { return NoSuchLanguage(http); }

        WebSafety.MayBeFramedByOwnPages(http.Response);
        var drafts = await DraftsAsync(catalogue, options.Value.Id, cancellation);
        return await preview.OfAsync(draft, (await current.VersionAsync(cancellation) ?? 0) + 1, CurrentNotice.InOrder([.. drafts.Where(d => d.Enabled || d.Language == language).Select(d => d.Language)]), cancellation);
    }

    private static async Task<IResult> ShowVersionAsync(
        int version, string language, CatalogueDb catalogue, NoticePreview preview, IOptions<NoticeOptions> options, HttpContext http, CancellationToken cancellation)
    {
        var all = await catalogue.Notices.AsNoTracking().Where(notice => notice.Id == options.Value.Id && notice.Version == version).ToListAsync(cancellation);
        return all.Find(notice => notice.Language == language) is { } found
            ? await preview.OfAsync(found, CurrentNotice.InOrder([.. all.Select(notice => notice.Language)]), cancellation)
            : ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such version.", "Choose one from the list of notices.");
    }

    private static async Task<IReadOnlyList<NoticeDraft>> DraftsAsync(CatalogueDb catalogue, string id, CancellationToken cancellation)
    {
        var drafts = await catalogue.NoticeDrafts.AsNoTracking().Where(draft => draft.Id == id).ToListAsync(cancellation);
        return [.. CurrentNotice.InOrder([.. drafts.Select(draft => draft.Language)]).Select(language => drafts.Single(draft => draft.Language == language))];
    }

    private static Task<NoticeDraft?> FindDraftAsync(string language, CatalogueDb catalogue, IOptions<NoticeOptions> options, CancellationToken cancellation) =>
        catalogue.NoticeDrafts.AsNoTracking().SingleOrDefaultAsync(draft => draft.Id == options.Value.Id && draft.Language == language, cancellation);

    private static IResult NoSuchLanguage(HttpContext http) => ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such language.", "Choose one from the list of notices.");
}
