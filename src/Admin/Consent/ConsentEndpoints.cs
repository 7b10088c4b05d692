using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Admin.Sessions;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>A participant's way in: code, notice, decision, receipt. Everything in their language.</summary>
internal static class ConsentEndpoints
{
    public static void MapConsent(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/join", (HttpContext http) => JoinPageFor(http, null)).AllowAnonymous();
        GuessingLimits.On(routes.MapPost("/join", JoinAsync).AllowAnonymous());
        var person = routes.MapGroup("").RequireAuthorization(ParticipantAuthentication.Policy);
        person.MapGet("/consent", ShowAsync);
        person.MapPost("/consent/language", SwitchLanguageAsync);
        person.MapPost("/consent/more-time", ExtendAsync);
        person.MapPost("/consent/decline", DeclineAsync);
        person.MapPost("/consent/leave", LeaveAsync);
        person.MapGet("/consent/receipt", ReceiptEndpoint.DownloadAsync).WithTags("recorded person").Describe("consentReceipt", "The receipt of a consent, to keep", 404, 410).Produces<ReceiptFile>();
        var script = person.MapGroup("/api/consent").OnlyForOwnPages().WithTags("recorded person");
        script.MapGet("", DescribeAsync).Describe("consentRequest", "The notice that the person reads, and what they may choose", 409).Produces<ConsentRequest>();
        script.MapPost("", AcceptAsync).Describe("giveConsent", "Takes the receipt that the person's device signed", 409, 422, 503).Produces<ConsentTaken>().WithDescription("The title of a refusal is in the person's language; reason, in English, is for who looks for the cause.");
    }

    private static RazorComponentResult<JoinPage> JoinPageFor(HttpContext http, RedeemCode.Outcome? refusal)
    {
        var (status, language) = (refusal is null ? StatusCodes.Status200OK : StatusOf(refusal), LanguageNegotiation.Of(http.Request));
        return new(new { Language = language, Refusal = refusal is null ? null : refusal is RedeemCode.Outcome.SameBrowser ? language.Words.Join.SameBrowser : language.Words.Join.Refused }) { StatusCode = status };
    }

    private static int StatusOf(RedeemCode.Outcome refusal) => refusal is RedeemCode.Outcome.SameBrowser ? StatusCodes.Status409Conflict : StatusCodes.Status404NotFound;

    private static async Task<IResult> JoinAsync([FromForm] string? code, RedeemCode redeem, HttpContext http, CancellationToken cancellation)
    {
        if (http.User.Identities.Any(identity => identity.AuthenticationType == IdentityConstants.ApplicationScheme))
        {
            return ErrorAnswer.For(http, StatusCodes.Status403Forbidden, words => words.OnlyForTheRecordedPerson);
        }

        var outcome = await redeem.ByPersonAsync(code, http.Request.Headers.AcceptLanguage, ParticipantAuthentication.TokenOf(http.Request), cancellation);
        if (outcome is not RedeemCode.Outcome.Joined joined)
        {
            return ErrorAnswer.WantsPage(http.Request) ? JoinPageFor(http, outcome)
                : outcome is RedeemCode.Outcome.SameBrowser ? Problems.Conflict("This browser is in the session already.", "Everybody enters their own code on their own device.")
                : Problems.NotFound(RedeemCode.RefusalTitle, RedeemCode.RefusalDetail);
        }

        ParticipantAuthentication.SignIn(http, joined.Token);
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<IResult> ShowAsync(ClaimsPrincipal user, CatalogueDb catalogue, NoticeOfSession notices, CancellationToken cancellation)
    {
        var (session, participant) = await FindAsync(user, catalogue, cancellation);
        if (participant.ConsentAt is not null) { return TypedResults.LocalRedirect("~/live"); }

        return LiveRules.IsOpen(session) && participant.State is ParticipantState.Deciding
            ? new RazorComponentResult<ConsentPage>(new
            {
                Notice = await notices.ReadAsync(session, participant, cancellation),
                Languages = await notices.LanguagesAsync(participant, cancellation),
                Until = participant.DecideUntil!.Value,
                MayExtend = ExtendTimeToDecide.IsLeft(participant),
            })
            : new RazorComponentResult<ClosedPage>(new { Session = session, Participant = participant });
    }

    private static async Task<IResult> DescribeAsync(ClaimsPrincipal user, CatalogueDb catalogue, NoticeOfSession notices, CancellationToken cancellation)
    {
        var (session, participant) = await FindAsync(user, catalogue, cancellation);
        if (session.State is SessionState.Declined or SessionState.Expired || participant.State is ParticipantState.Declined or ParticipantState.Silent)
        {
            return ConsentAnswers.TooLate(session.State is SessionState.Expired || participant.State is ParticipantState.Silent, WordsOf(participant));
        }

        var notice = await notices.ReadAsync(session, participant, cancellation);
        return TypedResults.Ok(new ConsentRequest(
            session.Id, participant.Name, notice.Controller, new(notice.Id, notice.Version, notice.Language, notice.Sha256), notice.Choices, notice.Text));
    }

    private static async Task<IResult> AcceptAsync(GivenConsent given, ClaimsPrincipal user, CatalogueDb catalogue, AcceptConsent accept, CancellationToken cancellation)
    {
        var outcome = await accept.RunAsync(user.SessionId(), user.ParticipantName(), given.Receipt, cancellation);
        return ConsentAnswers.Of(outcome, WordsOf((await FindAsync(user, catalogue, cancellation)).Participant));
    }

    private static async Task<RedirectHttpResult> SwitchLanguageAsync([FromForm] string? language, ClaimsPrincipal user, SwitchNoticeLanguage change, CancellationToken cancellation)
    {
        await change.RunAsync(user.SessionId(), user.ParticipantName(), language, cancellation); // where it is too late, the page says what has become of the session
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<RedirectHttpResult> ExtendAsync([FromForm] string? _, ClaimsPrincipal user, ExtendTimeToDecide extend, CancellationToken cancellation)
    {
        await extend.RunAsync(user.SessionId(), user.ParticipantName(), cancellation); // where none is left, the page says until when there is time
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<RedirectHttpResult> DeclineAsync([FromForm] string? _, ClaimsPrincipal user, SessionControl control, CancellationToken cancellation)
    {
        await control.DeclineAsync(user.SessionId(), user.ParticipantName(), cancellation);
        return TypedResults.LocalRedirect("~/consent");
    }

    private static async Task<RedirectHttpResult> LeaveAsync([FromForm] string? _, ClaimsPrincipal user, SessionControl control, CancellationToken cancellation)
    {
        await control.LeaveAsync(user.SessionId(), user.ParticipantName(), cancellation);
        return TypedResults.LocalRedirect("~/consent");
    }

    private static ConsentProblems WordsOf(Participant participant) => ParticipantLanguage.OfOrEnglish(participant.NoticeLanguage).Words.Problems;

    private static async Task<(RecordedSession Session, Participant Participant)> FindAsync(ClaimsPrincipal user, CatalogueDb catalogue, CancellationToken cancellation)
    {
        var id = user.SessionId();
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
        return (session, session.Of(user.ParticipantName()));
    }
}

/// <summary>What the page's module needs to write the receipt. <paramref name="Text"/> is the notice exactly as the page must show it.</summary>
/// <param name="Choices">What the notice asks for, with every box empty.</param>
internal sealed record ConsentRequest(Guid Session, string Participant, string Controller, NoticeReference Notice, ConsentChoices Choices, string Text);

/// <summary>The receipt, compact JWS.</summary>
internal sealed record GivenConsent(string? Receipt);
