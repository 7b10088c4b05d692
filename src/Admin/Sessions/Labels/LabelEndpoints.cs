using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions.Labels;

/// <summary>The page with the organization's labels.</summary>
internal static class LabelEndpoints
{
    public static void MapLabels(this IEndpointRouteBuilder routes)
    {
        var labels = routes.MapGroup("/labels").RequireAuthorization(Policies.Admins);
        labels.MapGet("", (ClaimsPrincipal user, CatalogueDb catalogue, CancellationToken cancellation) => ListAsync(user, catalogue, null, cancellation));
        labels.MapPost("", ([FromForm] string? name, [FromForm] bool? sensitive, ClaimsPrincipal user, ChangeLabel change, CatalogueDb catalogue, CancellationToken cancellation) =>
            AnswerAsync(change.CreateAsync(user.Identity!.Name!, name, sensitive ?? false, cancellation), user, catalogue, cancellation));
        labels.MapPost("/sensitive", ([FromForm] string? name, ClaimsPrincipal user, ChangeLabel change, CatalogueDb catalogue, CancellationToken cancellation) =>
            AnswerAsync(change.MarkSensitiveAsync(user.Identity!.Name!, name, cancellation), user, catalogue, cancellation));
        labels.MapPost("/retire", ([FromForm] string? name, ClaimsPrincipal user, ChangeLabel change, CatalogueDb catalogue, CancellationToken cancellation) =>
            AnswerAsync(change.OfferAsync(user.Identity!.Name!, name, offered: false, cancellation), user, catalogue, cancellation));
        labels.MapPost("/offer", ([FromForm] string? name, ClaimsPrincipal user, ChangeLabel change, CatalogueDb catalogue, CancellationToken cancellation) =>
            AnswerAsync(change.OfferAsync(user.Identity!.Name!, name, offered: true, cancellation), user, catalogue, cancellation));
    }

    /// <summary>The labels that a new session can have, in the order of their names.</summary>
    public static Task<List<SessionLabel>> OfferedAsync(CatalogueDb catalogue, CancellationToken cancellation) =>
        catalogue.Labels.AsNoTracking().Where(label => label.RetiredAt == null).OrderBy(label => label.NormalizedName).ToListAsync(cancellation);

    private static async Task<IResult> AnswerAsync(Task<string?> change, ClaimsPrincipal user, CatalogueDb catalogue, CancellationToken cancellation) =>
        await change is { } refusal ? await ListAsync(user, catalogue, refusal, cancellation) : TypedResults.LocalRedirect("~/labels");

    private static async Task<IResult> ListAsync(ClaimsPrincipal user, CatalogueDb catalogue, string? refusal, CancellationToken cancellation) =>
        new RazorComponentResult<LabelsPage>(new
        {
            Account = user.Identity!.Name!,
            Labels = (IReadOnlyList<SessionLabel>)await catalogue.Labels.AsNoTracking().OrderBy(label => label.RetiredAt != null).ThenBy(label => label.NormalizedName).ToListAsync(cancellation),
            Refusal = refusal,
        })
        { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
}
