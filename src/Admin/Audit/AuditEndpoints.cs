using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Audit;

/// <summary>The auditor's page, and the same rows as JSON Lines. Who reads is in the trail before a row is shown.</summary>
internal static class AuditEndpoints
{
    private const int PageLength = 50;
    private const int Batch = 1000;

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/audit").RequireAuthorization(Policies.Auditors);
        audit.MapGet("", ShowAsync);
        audit.MapGet("/rows.jsonl", DownloadAsync).WithTags("audit").Describe("auditRows", "The audit trail, one JSON object a line, oldest first", 422).Produces<AuditLine>(contentType: "application/jsonl").WithDescription("Who reads it is in the trail before the first row is sent.");
    }

    private static async Task<IResult> ShowAsync(
        [AsParameters] AskedFor asked, ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation, long? before = null)
    {
        var (filter, account) = (asked.ToFilter(), user.Identity!.Name!);
        var errors = filter.Errors();
        if (errors.Count > 0) { return PageOf(account, filter, errors, [], false, StatusCodes.Status422UnprocessableEntity); }

        await catalogue.RecordAsync(clock, account, "audit.read", null, AuditOutcome.Allowed, Words(filter), cancellation);
        var rows = filter.Of(catalogue.Audit.AsNoTracking());
        if (before is { } key) { rows = rows.Where(row => row.Id < key); }
        var found = await rows.OrderByDescending(row => row.Id).Take(PageLength + 1).ToListAsync(cancellation);
        return PageOf(account, filter, [], [.. found.Take(PageLength)], found.Count > PageLength, StatusCodes.Status200OK);
    }

    private static RazorComponentResult<AuditPage> PageOf(string account, AuditFilter filter, IReadOnlyList<string> errors, IReadOnlyList<AuditRow> rows, bool hasMore, int status) =>
        new(new { Account = account, Filter = filter, Errors = errors, Rows = rows, HasMore = hasMore }) { StatusCode = status };

    private static async Task<IResult> DownloadAsync([AsParameters] AskedFor asked, ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation)
    {
        var (filter, account) = (asked.ToFilter(), user.Identity!.Name!);
        if (filter.Errors() is { Count: > 0 } errors)
        {
            return ErrorAnswer.WantsPage(http.Request)
                ? PageOf(account, filter, errors, [], false, StatusCodes.Status422UnprocessableEntity)
                : TypedResults.Problem(string.Join(' ', errors), statusCode: StatusCodes.Status422UnprocessableEntity, title: "The filter is not understood.");
        }

        await catalogue.RecordAsync(clock, account, "audit.exported", null, AuditOutcome.Allowed, Words(filter), cancellation);
        var last = await catalogue.Audit.MaxAsync(row => row.Id, cancellation); // what comes while it is written is not in it
        return TypedResults.Stream(into => WriteAsync(filter, last, catalogue, into, http.RequestAborted), "application/jsonl", "audit.jsonl");
    }

    private static async Task WriteAsync(AuditFilter filter, long last, CatalogueDb catalogue, Stream into, CancellationToken cancellation)
    {
        for (var after = 0L; ;)
        {
            var (from, rows) = (after, filter.Of(catalogue.Audit.AsNoTracking()));
            var batch = await rows.Where(row => row.Id > from && row.Id <= last).OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellation);
            foreach (var row in batch) { await into.WriteAsync(AuditLine.Of(row).ToUtf8(), cancellation); }
            if (batch.Count < Batch) { return; }
            after = batch[^1].Id;
        }
    }

    private static string Words(AuditFilter filter) => filter.ToString() is var words && words.Length > 400 ? words[..400] : words;

    /// <summary>The parts of a filter in a query.</summary>
    internal sealed record AskedFor(string? Actor, string? Action, string? Session, string? Outcome, string? From, string? To)
    {
        public AuditFilter ToFilter() => new() { Actor = Actor?.Trim(), Action = Action?.Trim(), Session = Session?.Trim(), Outcome = Outcome, From = From, To = To };
    }
}
