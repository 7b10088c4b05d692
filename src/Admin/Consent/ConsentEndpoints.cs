using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Sessions;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The person's way in: code, notice, decision, receipt.</summary>
internal static class ConsentEndpoints
{
    public static WebApplicationBuilder AddConsent(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<NoticeOptions>().BindConfiguration(NoticeOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<NoticeOptions>, NoticeOptionsValidator>();
        services.AddSingleton<ConsentTrack>();
        services.AddSingleton<ConsentProofs>();
        services.AddScoped<NoticeOfSession>();
        services.AddScoped<AcceptConsent>();
        services.AddScoped<DeclineConsent>();
        return builder;
    }

    public static void MapConsent(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/join", () => JoinPageFor(StatusCodes.Status200OK, null)).AllowAnonymous();
        GuessingLimits.On(routes.MapPost("/join", JoinAsync).AllowAnonymous());
        var person = routes.MapGroup("").RequireAuthorization(ParticipantAuthentication.Policy);
        person.MapGet("/consent", ShowAsync);
        person.MapPost("/consent/decline", DeclineAsync);
        person.MapGet("/consent/receipt", DownloadAsync);
        var script = person.MapGroup("/api/consent").AddEndpointFilter<OwnPageFilter>();
        script.MapGet("", DescribeAsync);
        script.MapPost("", AcceptAsync);
    }

    private static RazorComponentResult<JoinPage> JoinPageFor(int status, string? refusal) => new(new { Refusal = refusal }) { StatusCode = status };

    private static async Task<IResult> JoinAsync([FromForm] string? code, RedeemCode redeem, HttpContext http, CancellationToken cancellation)
    {
        if (http.User.Identities.Any(identity => identity.AuthenticationType == IdentityConstants.ApplicationScheme))
        {
            return ErrorAnswer.For(http, StatusCodes.Status403Forbidden, "Codes are for the person who is to be recorded.", "This browser is signed in with an account: nobody consents for somebody else. Use the person's own device, or sign out first.");
        }

        if (await redeem.ByPersonAsync(code, cancellation) is not { } redeemed)
        {
            return ErrorAnswer.WantsPage(http.Request)
                ? JoinPageFor(StatusCodes.Status404NotFound, $"{RedeemCode.RefusalTitle} {RedeemCode.RefusalDetail}")
                : Problems.NotFound(RedeemCode.RefusalTitle, RedeemCode.RefusalDetail);
        }

        ParticipantAuthentication.SignIn(http, redeemed.Token);
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<IResult> ShowAsync(ClaimsPrincipal user, CatalogueDb catalogue, NoticeOfSession notices, CancellationToken cancellation)
    {
        var session = await SessionOfAsync(user, catalogue, cancellation);
        return session.State switch
        {
            SessionState.AwaitingConsent => new RazorComponentResult<ConsentPage>(new
            {
                Notice = await notices.ReadAsync(session, cancellation),
                Until = session.PersonJoinedAt!.Value + ExpireInvitations.TimeToDecide,
            }),
            SessionState.Declined => new RazorComponentResult<ClosedPage>(new { Declined = true }),
            _ when session.ConsentAt is null => new RazorComponentResult<ClosedPage>(new { Declined = false }),
            _ => TypedResults.LocalRedirect("~/live"),
        };
    }

    private static async Task<Ok<ConsentRequest>> DescribeAsync(ClaimsPrincipal user, CatalogueDb catalogue, NoticeOfSession notices, CancellationToken cancellation)
    {
        var session = await SessionOfAsync(user, catalogue, cancellation);
        var notice = await notices.ReadAsync(session, cancellation);
        return TypedResults.Ok(new ConsentRequest(
            session.Id, AcceptConsent.Participant, notice.Controller, new(notice.Id, notice.Version, notice.Language, notice.Sha256), notices.Choices, notice.Text));
    }

    private static async Task<IResult> AcceptAsync(GivenConsent given, ClaimsPrincipal user, AcceptConsent accept, CancellationToken cancellation) =>
        await accept.RunAsync(user.SessionId(), given.Receipt, cancellation) switch
        {
            AcceptConsent.Outcome.Accepted => TypedResults.Ok(new { next = "/live" }),
            AcceptConsent.Outcome.TooLate { State: SessionState.Expired } => Problems.Conflict("The time to decide is over.", "Nothing was recorded. Ask the technician for a new code."),
            AcceptConsent.Outcome.TooLate => Problems.Conflict("This session has its decision already.", "A consent is given once."),
            AcceptConsent.Outcome.LocationIsNotSafe location => Problems.Unavailable("Nothing can be recorded now.", location.Why),
            AcceptConsent.Outcome.Refused refused => TypedResults.Problem(refused.Why, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The receipt is refused."),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<RedirectHttpResult> DeclineAsync([FromForm] string? _, ClaimsPrincipal user, DeclineConsent decline, CancellationToken cancellation)
    {
        await decline.RunAsync(user.SessionId(), cancellation);
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<IResult> DownloadAsync(ClaimsPrincipal user, CatalogueDb catalogue, ConsentProofs proofs, SigningKey server, HttpContext http, CancellationToken cancellation)
    {
        var session = await SessionOfAsync(user, catalogue, cancellation);
        if (session.ConsentAt is null) { return ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no receipt.", "You have not allowed a recording."); }

        try
        {
            var proof = await proofs.ReadAsync(session.Id, cancellation);
            var (word, _) = Countersignature.Verify(proof.Countersignature, proof.Receipt, ConsentReceipt.Verify(proof.Receipt, session.Id).Receipt);
            var kept = new ReceiptDownload(proof.Receipt, proof.Countersignature, server.Public, word.NoticeText);
            return TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(kept, ReceiptJson.Default.ReceiptDownload), "application/json", $"consent-receipt-{session.ConsentAt:yyyy-MM-dd}.json");
        }
        catch (Exception gone) when (gone is TrackUnreadableException or TrackAlteredException or SegmentAlteredException)
        {
            return ErrorAnswer.For(http, StatusCodes.Status410Gone, "The receipt is not there any more.", gone.Message);
        }
    }

    private static Task<RecordedSession> SessionOfAsync(ClaimsPrincipal user, CatalogueDb catalogue, CancellationToken cancellation)
    {
        var id = user.SessionId();
        return catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == id, cancellation);
    }
}

/// <summary>What the page's module needs to write the receipt. <paramref name="Text"/> is the notice exactly as the page must show it.</summary>
internal sealed record ConsentRequest(Guid Session, string Participant, string Controller, NoticeReference Notice, ConsentChoices Choices, string Text);

/// <summary>The receipt, compact JWS.</summary>
internal sealed record GivenConsent(string? Receipt);

/// <summary>What the person keeps: anyone can verify it with nothing else than this file.</summary>
internal sealed record ReceiptDownload(string Receipt, string Countersignature, PublicSigningKey ServerKey, string NoticeText);
