using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Sessions;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The person's way in: code, notice, decision, receipt. Everything in their language.</summary>
internal static class ConsentEndpoints
{
    public static void MapConsent(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/join", (HttpContext http) => JoinPageFor(http, refused: false)).AllowAnonymous();
        GuessingLimits.On(routes.MapPost("/join", JoinAsync).AllowAnonymous());
        var person = routes.MapGroup("").RequireAuthorization(ParticipantAuthentication.Policy);
        person.MapGet("/consent", ShowAsync);
        person.MapPost("/consent/language", SwitchLanguageAsync);
        person.MapPost("/consent/more-time", ExtendAsync);
        person.MapPost("/consent/decline", DeclineAsync);
        person.MapGet("/consent/receipt", ReceiptEndpoint.DownloadAsync);
        var script = person.MapGroup("/api/consent").AddEndpointFilter<OwnPageFilter>();
        script.MapGet("", DescribeAsync);
        script.MapPost("", AcceptAsync);
    }

    private static RazorComponentResult<JoinPage> JoinPageFor(HttpContext http, bool refused) =>
        new(new { Language = LanguageNegotiation.Of(http.Request), Refused = refused }) { StatusCode = refused ? StatusCodes.Status404NotFound : StatusCodes.Status200OK };

    private static async Task<IResult> JoinAsync([FromForm] string? code, RedeemCode redeem, HttpContext http, CancellationToken cancellation)
    {
        if (http.User.Identities.Any(identity => identity.AuthenticationType == IdentityConstants.ApplicationScheme))
        {
            return ErrorAnswer.For(http, StatusCodes.Status403Forbidden, words => words.OnlyForTheRecordedPerson);
        }

        if (await redeem.ByPersonAsync(code, http.Request.Headers.AcceptLanguage, cancellation) is not { } redeemed)
        {
            return ErrorAnswer.WantsPage(http.Request) ? JoinPageFor(http, refused: true) : Problems.NotFound(RedeemCode.RefusalTitle, RedeemCode.RefusalDetail);
        }

        ParticipantAuthentication.SignIn(http, redeemed.Token);
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<IResult> ShowAsync(ClaimsPrincipal user, CatalogueDb catalogue, NoticeOfSession notices, IOptions<ChatOptions> chat, CancellationToken cancellation)
    {
        var session = await SessionOfAsync(user, catalogue, cancellation);
        return session.State switch
        {
            SessionState.AwaitingConsent => new RazorComponentResult<ConsentPage>(new
            {
                Notice = await notices.ReadAsync(session, cancellation),
                Languages = await notices.LanguagesAsync(session, cancellation),
                Until = session.DecideUntil!.Value,
                MayExtend = ExtendTimeToDecide.IsLeft(session),
            }),
            SessionState.Declined => ClosedPageFor(session, declined: true, chat.Value.Keep),
            _ when session.ConsentAt is null => ClosedPageFor(session, declined: false, chat.Value.Keep),
            _ => TypedResults.LocalRedirect("~/live"),
        };
    }

    private static RazorComponentResult<ClosedPage> ClosedPageFor(RecordedSession session, bool declined, ChatKeeping keep) => new(new
    {
        Language = ParticipantLanguage.OfOrEnglish(session.NoticeLanguage),
        Declined = declined,
        Chat = keep is ChatKeeping.Nothing ? keep : ChatKeeping.Session,
    });

    private static async Task<IResult> DescribeAsync(ClaimsPrincipal user, CatalogueDb catalogue, NoticeOfSession notices, CancellationToken cancellation)
    {
        var session = await SessionOfAsync(user, catalogue, cancellation);
        if (session.State is SessionState.Declined or SessionState.Expired) { return ConsentAnswers.TooLate(session.State, WordsOf(session)); }

        var notice = await notices.ReadAsync(session, cancellation);
        return TypedResults.Ok(new ConsentRequest(
            session.Id, AcceptConsent.Participant, notice.Controller, new(notice.Id, notice.Version, notice.Language, notice.Sha256), notice.Choices, notice.Text));
    }

    private static async Task<IResult> AcceptAsync(GivenConsent given, ClaimsPrincipal user, CatalogueDb catalogue, AcceptConsent accept, CancellationToken cancellation)
    {
        var outcome = await accept.RunAsync(user.SessionId(), given.Receipt, cancellation);
        return ConsentAnswers.Of(outcome, WordsOf(await SessionOfAsync(user, catalogue, cancellation)));
    }

    private static async Task<RedirectHttpResult> SwitchLanguageAsync([FromForm] string? language, ClaimsPrincipal user, SwitchNoticeLanguage change, CancellationToken cancellation)
    {
        await change.RunAsync(user.SessionId(), language, cancellation); // where it is too late, the page says what has become of the session
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<RedirectHttpResult> ExtendAsync([FromForm] string? _, ClaimsPrincipal user, ExtendTimeToDecide extend, CancellationToken cancellation)
    {
        await extend.RunAsync(user.SessionId(), cancellation); // where none is left, the page says until when there is time
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<RedirectHttpResult> DeclineAsync([FromForm] string? _, ClaimsPrincipal user, DeclineConsent decline, CancellationToken cancellation)
    {
        await decline.RunAsync(user.SessionId(), cancellation);
        return TypedResults.LocalRedirect("~/consent");
    }

    private static ConsentProblems WordsOf(RecordedSession session) => ParticipantLanguage.OfOrEnglish(session.NoticeLanguage).Words.Problems;

    private static Task<RecordedSession> SessionOfAsync(ClaimsPrincipal user, CatalogueDb catalogue, CancellationToken cancellation)
    {
        var id = user.SessionId();
        return catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == id, cancellation);
    }
}

/// <summary>What the page's module needs to write the receipt. <paramref name="Text"/> is the notice exactly as the page must show it.</summary>
/// <param name="Choices">What the notice asks for, with every box empty.</param>
internal sealed record ConsentRequest(Guid Session, string Participant, string Controller, NoticeReference Notice, ConsentChoices Choices, string Text);

/// <summary>The receipt, compact JWS.</summary>
internal sealed record GivenConsent(string? Receipt);
