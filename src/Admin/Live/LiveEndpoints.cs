using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Admin.Recording;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>A participant's page while they are recorded: one action each for pause, resume, leave and end, and the heartbeat that says that they see it.</summary>
internal static class LiveEndpoints
{
    public static WebApplicationBuilder AddLive(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<LiveSessions>();
        services.AddSingleton<SessionControl>();
        services.AddScoped<WithdrawConsent>();
        services.AddScoped<EraseRecording>();
        services.AddHostedOnWeb<LiveWatch>();
        services.AddScoped<ErasureHold>();
        services.AddAuthentication()
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, ParticipantAuthentication>(ParticipantAuthentication.SchemeName, null)
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, RecorderAuthentication>(RecorderAuthentication.SchemeName, null);
        return builder;
    }

    public static void MapLive(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/live", ShowAsync).RequireAuthorization(ParticipantAuthentication.Policy);
        var person = routes.MapGroup("/api/live").RequireAuthorization(ParticipantAuthentication.Policy).OnlyForOwnPages().WithTags("recorded person");
        person.MapPost("/heartbeat", HeartbeatAsync).Describe("liveHeartbeat", "Says that the person's page is there, and asks how it goes");
        var acting = person.MapGroup("").AddEndpointFilter(OnlyWhoAllowedAsync);
        acting.MapPost("/pause", (ClaimsPrincipal user, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation) =>
            ActAsync(user, sessions, control, hold, (id, name) => control.PauseAsync(id, name, cancellation), cancellation)).Describe("livePause", "Pauses the recording", 403).Produces<LiveStatus>();
        acting.MapPost("/resume", (ClaimsPrincipal user, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation) =>
            ActAsync(user, sessions, control, hold, (id, name) => control.ResumeAsync(id, name, cancellation), cancellation)).Describe("liveResume", "Goes on, where this person paused", 403).Produces<LiveStatus>();
        acting.MapPost("/leave", (ClaimsPrincipal user, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation) =>
            ActAsync(user, sessions, control, hold, (id, name) => control.LeaveAsync(id, name, cancellation), cancellation)).Describe("liveLeave", "Leaves; the recording may go on with the others", 403).Produces<LiveStatus>();
        acting.MapPost("/end", (ClaimsPrincipal user, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation) =>
            ActAsync(user, sessions, control, hold, (id, _) => control.EndAsync(id, TrackEnd.Ended, AuditActor.Participant, cancellation), cancellation)).Describe("liveEnd", "Ends the recording for everybody", 403).Produces<LiveStatus>();

        // What somebody allowed they can take back also after they left.
        var consenting = person.MapGroup("").AddEndpointFilter(OnlyWhoOnceAllowedAsync);
        consenting.MapPost("/withdraw", (HttpRequest request, ClaimsPrincipal user, WithdrawConsent withdraw, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation) =>
            ActAsync(user, sessions, control, hold, async (id, name) => await withdraw.RunAsync(id, name, await StatementAsync(request, cancellation), cancellation), cancellation))
            .Describe("liveWithdraw", "Takes the consent back: capture stops at once", 403).Produces<LiveStatus>().TakesJson<GivenConsent>("The withdrawal as the device signed it. Nothing that is wrong with it keeps a recording running.");
        consenting.MapPost("/erase", (ClaimsPrincipal user, EraseRecording erase, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation) =>
            ActAsync(user, sessions, control, hold, (id, name) => erase.RunAsync(id, name, cancellation), cancellation)).Describe("liveErase", "Has erased what is stored of this session, unless a legal hold forbids it", 403).Produces<LiveStatus>();
    }

    private static async Task<IResult> ShowAsync(ClaimsPrincipal user, LiveSessions sessions, CatalogueDb catalogue, ReceiptLinks receipts, ErasureHold hold, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).Include(s => s.Participants).SingleAsync(s => s.Id == user.SessionId(), cancellation);
        var participant = session.Of(user.ParticipantName());
        if (participant.ConsentAt is null) { return TypedResults.LocalRedirect("~/consent"); }

        var living = sessions.Of(session.Id);
        var standing = await sessions.StandingAsync(living, cancellation);
        var held = await hold.AppliesAsync(session.Id, standing, cancellation);
        return new RazorComponentResult<LivePage>(new { Status = LiveStatus.Of(standing, living, participant.Name, held), IsHeld = held, Session = session, Terms = KeepingTerms.Of(session, await catalogue.PolicyAsync(session.Policy, cancellation)), Participant = participant, ReceiptPath = ReceiptLinks.PathOf(receipts.TokenOf(session.Id, participant.Name)) });
    }

    private static async Task<Ok<LiveStatus>> HeartbeatAsync(ClaimsPrincipal user, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation)
    {
        var (living, participant) = (sessions.Of(user.SessionId()), user.ParticipantName());
        living.Seen(participant);
        return await StatusAsync(living, participant, control, sessions, hold, cancellation);
    }

    private static async Task<Ok<LiveStatus>> ActAsync(
        ClaimsPrincipal user, LiveSessions sessions, SessionControl control, ErasureHold hold, Func<Guid, string, Task<Standing>> act, CancellationToken cancellation)
    {
        var (living, participant) = (sessions.Of(user.SessionId()), user.ParticipantName());
        await act(living.Id, participant);
        living.Seen(participant); // afterwards: who comes back only to end it is not recorded again for a moment
        return await StatusAsync(living, participant, control, sessions, hold, cancellation);
    }

    /// <summary>What the device signed, if anything. Nothing that is wrong with it keeps a recording running.</summary>
    private static async Task<string?> StatementAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            return request.HasJsonContentType() ? (await request.ReadFromJsonAsync<GivenConsent>(cancellation))?.Receipt : null;
        }
        catch (Exception malformed) when (malformed is JsonException or BadHttpRequestException)
        {
            return "";
        }
    }

    private static async Task<Ok<LiveStatus>> StatusAsync(LiveSession living, string participant, SessionControl control, LiveSessions sessions, ErasureHold hold, CancellationToken cancellation)
    {
        await control.StepAsync(living, cancellation); // who came back is recorded again at once, and what is shown is true
        var standing = await sessions.StandingAsync(living, cancellation);
        return TypedResults.Ok(LiveStatus.Of(standing, living, participant, await hold.AppliesAsync(living.Id, standing, cancellation)));
    }

    /// <summary>Who has not allowed the recording, or has left, does not control it.</summary>
    private static ValueTask<object?> OnlyWhoAllowedAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        OnlyAsync(person => person.State is ParticipantState.Allowed, context, next);

    private static ValueTask<object?> OnlyWhoOnceAllowedAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        OnlyAsync(person => person.HasConsent, context, next);

    private static async ValueTask<object?> OnlyAsync(Func<Attendee, bool> may, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var sessions = http.RequestServices.GetRequiredService<LiveSessions>();
        var standing = await sessions.StandingAsync(sessions.Of(http.User.SessionId()), http.RequestAborted);
        return may(standing.Of(http.User.ParticipantName()))
            ? await next(context)
            : Problems.Forbidden("You have not allowed this recording.", "Only who allowed it, and is in the session, can control it.");
    }
}
