using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access.Approvals;

/// <summary>The page on which requests are decided, and on which who asked sees what became of them.</summary>
internal static class ApprovalEndpoints
{
    public static IServiceCollection AddApprovals(this IServiceCollection services)
    {
        services.AddOptions<ApprovalOptions>().BindConfiguration(ApprovalOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApprovalOptions>, ApprovalOptionsValidator>();
        return services.AddScoped<AskApproval>().AddScoped<DecideApproval>().AddScoped<ApprovalsOfRequester>().AddScoped<ListApprovals>();
    }

    public static void MapApprovals(this IEndpointRouteBuilder routes)
    {
        var approvals = routes.MapGroup("/approvals").RequireAuthorization(Policies.Members);
        approvals.MapGet("", (HttpContext http, ListApprovals list, CancellationToken cancellation) => ShowAsync(http, list, null, cancellation));
        approvals.MapPost("/{id:guid}", DecideAsync).RequireFreshFactor("approval.decided", "/approvals");
    }

    private static async Task<IResult> DecideAsync(Guid id, [FromForm] string? decision, [FromForm] string? reason, HttpContext http, DecideApproval decide, ListApprovals list, CancellationToken cancellation)
    {
        if (decision is not ("approve" or "refuse")) { return await ShowAsync(http, list, "Press one of the two buttons: approve or refuse.", cancellation); }

        return await decide.RunAsync(id, Viewer.Of(http.User), decision == "approve", reason, cancellation) switch
        {
            DecideApproval.Outcome.Decided => TypedResults.LocalRedirect("~/approvals"),
            DecideApproval.Outcome.Refused refused => await ShowAsync(http, list, refused.Reason, cancellation),
            _ => ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such request.", "It does not exist, or it is not yours to decide."),
        };
    }

    private static async Task<IResult> ShowAsync(HttpContext http, ListApprovals list, string? refusal, CancellationToken cancellation)
    {
        var viewer = Viewer.Of(http.User);
        return new RazorComponentResult<ApprovalsPage>(new
        {
            Viewer = viewer,
            Waiting = viewer.Decides ? await list.WaitingAsync(viewer, cancellation) : (IReadOnlyList<ListedApproval>)[],
            Past = await list.PastAsync(viewer, cancellation),
            Refusal = refusal,
        })
        { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
    }
}
