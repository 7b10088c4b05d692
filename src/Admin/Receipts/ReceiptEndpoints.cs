using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Requests;

namespace SecureRecorder.Admin.Receipts;

/// <summary>The person's receipt, later: its page, its file, and what they ask for. Whoever has the link needs no account.</summary>
internal static class ReceiptEndpoints
{
    public static WebApplicationBuilder AddReceipts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReceiptLinks>();
        builder.Services.AddScoped<WriteReceiptFile>();
        builder.Services.AddScoped<TellReceiptStory>();
        return builder;
    }

    public static void MapReceipts(this IEndpointRouteBuilder routes)
    {
        var receipt = GuessingLimits.On(routes.MapGroup("/receipts/{token}").AllowAnonymous());
        receipt.MapGet("", ShowAsync);
        receipt.MapGet("/file", DownloadAsync).WithTags("recorded person").Describe("receiptFile", "The receipt of a consent, by the link that the person was given", 404, 410).Produces<ReceiptFile>();
        receipt.MapPost("/requests", AskAsync);
    }

    private static async Task<IResult> ShowAsync(string token, ReceiptLinks links, TellReceiptStory tell, HttpContext http, CancellationToken cancellation) =>
        await StoryAsync(token, links, tell, cancellation) is { } story
            ? new RazorComponentResult<ReceiptPage>(new { Story = story, Token = token })
            : WrongLink(http);

    private static async Task<IResult> DownloadAsync(
        string token, ReceiptLinks links, TellReceiptStory tell, WriteReceiptFile receipt, HttpContext http, CancellationToken cancellation) =>
        await StoryAsync(token, links, tell, cancellation) is { } story ? await receipt.RunAsync(story.Session, story.Participant, http, cancellation) : WrongLink(http);

    private static async Task<IResult> AskAsync(
        string token, [FromForm] string? kind, [FromForm] string? text, [FromForm] string? contact,
        ReceiptLinks links, TellReceiptStory tell, MakeRequest make, HttpContext http, CancellationToken cancellation)
    {
        if (await StoryAsync(token, links, tell, cancellation) is not { } story) { return WrongLink(http); }

        var (draft, words) = (new RequestDraft(kind, text, contact), story.Language.Words.Receipt.Requests);
        var (status, refusal) = await make.RunAsync(story.Session.Id, story.Participant.Name, draft, cancellation) switch
        {
            MakeRequest.Outcome.Refused refused => (StatusCodes.Status422UnprocessableEntity, refused.Why(words)),
            MakeRequest.Outcome.TooMany => (StatusCodes.Status409Conflict, words.TooMany($"{MakeRequest.OpenLimit}")),
            _ => (StatusCodes.Status302Found, null),
        };
        return refusal is null
            ? TypedResults.LocalRedirect($"~{ReceiptLinks.PathOf(token)}#made")
            : new RazorComponentResult<ReceiptPage>(new { Story = story, Token = token, Draft = draft, Refusal = refusal }) { StatusCode = status };
    }

    private static async Task<ReceiptStory?> StoryAsync(string token, ReceiptLinks links, TellReceiptStory tell, CancellationToken cancellation) =>
        links.Read(token) is var (session, participant) ? await tell.RunAsync(session, participant, cancellation) : null;

    /// <summary>One and the same answer to every link that does not work.</summary>
    private static IResult WrongLink(HttpContext http) => ErrorAnswer.For(http, StatusCodes.Status404NotFound, words => words.WrongReceiptLink);
}
