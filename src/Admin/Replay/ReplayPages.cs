using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Access.Approvals;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Replay;

/// <summary>The two pages of a replay: the question for the purpose, where a sensitive session's approval is asked for too, and the player.</summary>
internal static class ReplayPages
{
    private const string Page = "/sessions/{id}/replay";

    public static void MapReplayPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").RequireAuthorization(Policies.Members);
        pages.MapGet("/sessions/{id:guid}/replay", (Guid id, HttpContext http, PurposeView view, CancellationToken cancellation) => AskAsync(id, http, view, null, cancellation)).RequireFreshFactor(null, Page);
        pages.MapPost("/sessions/{id:guid}/replay", OpenAsync).RequireFreshFactor("replay.open", Page);
        pages.MapPost("/sessions/{id:guid}/replay/approval", AskApprovalAsync).RequireFreshFactor("approval.asked", Page);
        pages.MapGet("/replay/{grant:guid}", PlayAsync);
    }

    private static async Task<IResult> AskAsync(Guid id, HttpContext http, PurposeView view, string? refusal, CancellationToken cancellation) =>
        await view.ReadAsync(id, Viewer.Of(http.User), cancellation) is { } shown
            ? new RazorComponentResult<PurposePage>(new { View = shown, Refusal = refusal }) { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity }
            : NoSuchSession(http);

    private static async Task<IResult> OpenAsync(Guid id, [FromForm] string? purpose, HttpContext http, OpenReplay open, PurposeView view, CancellationToken cancellation) =>
        await open.RunAsync(id, Viewer.Of(http.User), purpose, cancellation) switch
        {
            OpenReplay.Outcome.Opened opened => TypedResults.LocalRedirect($"~/replay/{opened.Grant}"),
            OpenReplay.Outcome.UnknownPurpose => await AskAsync(id, http, view, "Choose one of these purposes: they are what the recorded person read. Another one is not accepted.", cancellation),
            OpenReplay.Outcome.NeedsApproval => await AskAsync(id, http, view, "This session is sensitive: it is watched only with an approval, once.", cancellation),
            _ => NoSuchSession(http),
        };

    private static async Task<IResult> AskApprovalAsync(
        Guid id, [FromForm] string? purpose, [FromForm] string? note, HttpContext http, AskApproval ask, PurposeView view, CancellationToken cancellation)
    {
        var viewer = Viewer.Of(http.User);
        if (await view.ReadAsync(id, viewer, cancellation) is not { Right.IsSensitive: true } shown) { return NoSuchSession(http); }
        if (!shown.Purposes.Contains(purpose, StringComparer.Ordinal)) { return await AskAsync(id, http, view, "Choose one of these purposes: they are what the recorded person read. Another one is not accepted.", cancellation); }

        return await ask.RunAsync(ApprovalKind.Replay, id, viewer, purpose!, note, cancellation) is AskApproval.Outcome.Refused refused
            ? await AskAsync(id, http, view, refused.Reason, cancellation)
            : TypedResults.LocalRedirect($"~/sessions/{id}/replay");
    }

    private static async Task<IResult> PlayAsync(Guid grant, HttpContext http, ReplayAccess access, ReplayTracks tracks, CatalogueDb catalogue, CancellationToken cancellation) =>
        await access.FindAsync(grant, http.User, cancellation) is { } replay
            ? await tracks.VaultIsAwayAsync(replay, catalogue, cancellation) is { } away ? TryAgain(http, away)
            : replay.Right.Allows(TrackName.Video) ? new RazorComponentResult<ReplayPage>(new { Replay = replay }) : new RazorComponentResult<ChatReplayPage>(new { Replay = replay })
            : ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such replay.", "It is closed, or it is not yours. Open the session again and state a purpose.");

    private static IResult TryAgain(HttpContext http, KeyServiceException away)
    {
        http.Response.Headers.RetryAfter = Faults.SecondsUntil(away).ToString("0");
        return ErrorAnswer.For(http, StatusCodes.Status503ServiceUnavailable, Faults.KeyVaultIsAway, again: http.Request.Path);
    }

    private static IResult NoSuchSession(HttpContext http) =>
        ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such session.", "It does not exist, or you may not replay it.");
}

/// <summary>What the page that asks for the purpose shows.</summary>
internal sealed class PurposeView(ReplayEntitlements entitlements, PurposesOfSession purposes, ApprovalsOfRequester approvals)
{
    /// <returns><see langword="null"/>: there is nothing that this viewer may replay.</returns>
    public async Task<ShownPurposes?> ReadAsync(Guid session, Viewer viewer, CancellationToken cancellation) =>
        await entitlements.FindAsync(session, viewer, cancellation) is { MayReplay: true } right
            ? new(viewer, right, await purposes.OfAsync(session, cancellation), right.IsSensitive ? await approvals.LastAsync(ApprovalKind.Replay, session, viewer.UserName, cancellation) : null)
            : null;
}

/// <summary>For what a session may be watched, and where its approval stands.</summary>
/// <param name="Request">What the viewer last asked for; null: nothing, or the session needs no approval.</param>
public sealed record ShownPurposes(Viewer Viewer, ReplayRight Right, IReadOnlyList<string> Purposes, RequestedApproval? Request);
