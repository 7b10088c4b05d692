using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Access.Approvals;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Exports;

/// <summary>Asking for a copy of a recording, watching it being built, and fetching it. To everybody but its requester an export does not exist.</summary>
internal static class ExportEndpoints
{
    private const string AskPage = "/sessions/{id}/export";
    private const string Page = "/exports/{id}";

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var exports = routes.MapGroup("").RequireAuthorization(Policies.Members);
        exports.MapGet("/sessions/{id:guid}/export", AskAsync);
        exports.MapPost("/sessions/{id:guid}/export", RequestAsync).RequireFreshFactor("export.request", AskPage);
        exports.MapPost("/sessions/{id:guid}/export/start", StartAsync).RequireFreshFactor("export.start", AskPage);
        exports.MapGet("/exports/{id:guid}", ShowAsync);
        exports.MapGet("/api/exports/{id:guid}", StatusAsync).WithTags("export").Describe("export", "How an export goes that one has asked for", 404).Produces<ExportStatus>();
        exports.MapPost("/exports/{id:guid}/download", DownloadAsync).RequireFreshFactor("export.download", Page);
    }

    private static Task<IResult> AskAsync(Guid id, ClaimsPrincipal user, ExportPages pages, HttpContext http, CancellationToken cancellation) =>
        pages.AskAsync(id, user.Identity!.Name!, null, http, cancellation);

    private static async Task<IResult> RequestAsync(
        Guid id, [FromForm] string? purpose, [FromForm] string? note, ClaimsPrincipal user, RequestExport request, ExportPages pages, HttpContext http, CancellationToken cancellation) =>
        await request.RunAsync(id, Viewer.Of(user), purpose, note, cancellation) switch
        {
            RequestExport.Outcome.Asked => TypedResults.LocalRedirect($"~/sessions/{id}/export"),
            RequestExport.Outcome.Refused refused => await pages.AskAsync(id, user.Identity!.Name!, refused.Reason, http, cancellation),
            _ => ExportPages.NoSuchSession(http),
        };

    private static async Task<IResult> StartAsync(Guid id, [FromForm] string? _, ClaimsPrincipal user, StartExport start, ExportPages pages, HttpContext http, CancellationToken cancellation) =>
        await start.RunAsync(id, user.Identity!.Name!, cancellation) switch
        {
            StartExport.Outcome.Started started => TypedResults.LocalRedirect($"~/exports/{started.Export}"),
            StartExport.Outcome.Refused refused => await pages.AskAsync(id, user.Identity!.Name!, refused.Reason, http, cancellation),
            _ => ExportPages.NoSuchSession(http),
        };

    private static async Task<IResult> ShowAsync(Guid id, ClaimsPrincipal user, ExportPages pages, HttpContext http, CancellationToken cancellation) =>
        await pages.ShowAsync(id, user.Identity!.Name!, null, http, cancellation);

    private static async Task<IResult> StatusAsync(
        Guid id, ClaimsPrincipal user, CatalogueDb catalogue, IOptions<ExportOptions> options, TimeProvider clock, HttpContext http, CancellationToken cancellation)
    {
        var export = await ExportPages.FindAsync(catalogue, id, user.Identity!.Name!, cancellation);
        return export is null ? ExportPages.NoSuchExport(http) : TypedResults.Ok(ExportStatus.Of(export, options.Value, clock.GetUtcNow()));
    }

    private static async Task<IResult> DownloadAsync(Guid id, [FromForm] string? _, ClaimsPrincipal user, DownloadExport download, ExportPages pages, HttpContext http, CancellationToken cancellation)
    {
        switch (await download.RunAsync(id, user, cancellation))
        {
            case DownloadExport.Outcome.Opened opened:
                http.Response.Headers.CacheControl = "no-store";
                http.Response.ContentLength = opened.Export.Size;
                http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
                return TypedResults.Stream(async body =>
                {
                    if (!await download.WriteAsync(opened, user, body, http.RequestAborted)) { http.Abort(); } // what has no end is no zip
                }, "application/zip", $"export-{opened.Export.Id}.zip");
            case DownloadExport.Outcome.Refused refused:
                return await pages.ShowAsync(id, user.Identity!.Name!, refused.Reason, http, cancellation);
            default:
                return ExportPages.NoSuchExport(http);
        }
    }
}

/// <summary>The two pages, and who may see them.</summary>
internal sealed class ExportPages(CatalogueDb catalogue, ExportRight right, PurposesOfSession purposes, ApprovalsOfRequester approvals, IOptions<ExportOptions> options, TimeProvider clock)
{
    /// <param name="refusal">Why it was not accepted; null: nothing was asked for yet.</param>
    public async Task<IResult> AskAsync(Guid id, string account, string? refusal, HttpContext http, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == id, cancellation);
        if (session is null || await right.TracksOfAsync(account, session, cancellation) is not { Count: > 0 } tracks) { return NoSuchSession(http); }
        if (!options.Value.Allowed) { return ErrorAnswer.For(http, StatusCodes.Status403Forbidden, "Exports are not allowed.", "The organization's policy is that recordings are watched here and leave the server in no other way."); }

        var earlier = await catalogue.Exports.AsNoTracking().Where(e => e.Session == id && e.Requester == account).OrderByDescending(e => e.RequestedAt).Take(20).ToListAsync(cancellation);
        return new RazorComponentResult<AskExportPage>(new
        {
            Account = account,
            Session = session,
            Tracks = tracks,
            Purposes = await purposes.OfAsync(id, cancellation),
            Asked = await approvals.LastAsync(ApprovalKind.Export, id, account, cancellation),
            Refusal = refusal,
            Policy = options.Value,
            Earlier = (IReadOnlyList<EarlierExport>)[.. earlier.Select(e => new EarlierExport(e, ExportStatus.Of(e, options.Value, clock.GetUtcNow())))],
        })
        { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
    }

    /// <param name="refusal">Why it is not downloaded; null: nobody tried.</param>
    public async Task<IResult> ShowAsync(Guid id, string account, string? refusal, HttpContext http, CancellationToken cancellation)
    {
        catalogue.ChangeTracker.Clear();
        var export = await FindAsync(catalogue, id, account, cancellation);
        if (export is null) { return NoSuchExport(http); }

        var session = await catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == export.Session, cancellation);
        return new RazorComponentResult<ExportPage>(new { Account = account, Export = export, Session = session, Status = ExportStatus.Of(export, options.Value, clock.GetUtcNow()), Refusal = refusal })
        {
            StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status410Gone,
        };
    }

    public static Task<RecordingExport?> FindAsync(CatalogueDb catalogue, Guid id, string account, CancellationToken cancellation) =>
        catalogue.Exports.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.Requester == account, cancellation);

    public static IResult NoSuchSession(HttpContext http) =>
        ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such session.", "It does not exist, or you may not replay it.");

    public static IResult NoSuchExport(HttpContext http) =>
        ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such export.", "It does not exist, or somebody else asked for it.");
}

/// <summary>An export that was asked for before.</summary>
public sealed record EarlierExport(RecordingExport Export, ExportStatus Status);
