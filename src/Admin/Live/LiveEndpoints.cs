using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Recording;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>The person's page while they are recorded: one action each for pause, resume and end, and the heartbeat that says that they see it.</summary>
internal static class LiveEndpoints
{
    public static WebApplicationBuilder AddLive(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<LiveSessions>();
        services.AddSingleton<SessionControl>();
        services.AddScoped<WithdrawConsent>();
        services.AddScoped<EraseRecording>();
        services.AddHostedService<LiveWatch>();
        services.AddAuthentication()
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, ParticipantAuthentication>(ParticipantAuthentication.SchemeName, null)
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, RecorderAuthentication>(RecorderAuthentication.SchemeName, null);
        return builder;
    }

    public static void MapLive(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/live", ShowAsync).RequireAuthorization(ParticipantAuthentication.Policy);
        var person = routes.MapGroup("/api/live").RequireAuthorization(ParticipantAuthentication.Policy).AddEndpointFilter<OwnPageFilter>();
        person.MapPost("/heartbeat", HeartbeatAsync);
        person.MapPost("/pause", (ClaimsPrincipal user, SessionControl control, LiveSessions sessions, CancellationToken cancellation) =>
            ActAsync(user, sessions, id => control.PauseAsync(id, GapReason.PausedByPerson, AuditActor.Participant, cancellation)));
        person.MapPost("/resume", (ClaimsPrincipal user, SessionControl control, LiveSessions sessions, CancellationToken cancellation) =>
            ActAsync(user, sessions, id => control.ResumeAsync(id, GapReason.PausedByPerson, AuditActor.Participant, cancellation)));
        person.MapPost("/end", (ClaimsPrincipal user, SessionControl control, LiveSessions sessions, CancellationToken cancellation) =>
            ActAsync(user, sessions, id => control.EndAsync(id, TrackEnd.Ended, AuditActor.Participant, cancellation)));
        person.MapPost("/withdraw", (ClaimsPrincipal user, WithdrawConsent withdraw, LiveSessions sessions, CancellationToken cancellation) =>
            ActAsync(user, sessions, id => withdraw.RunAsync(id, cancellation)));
        person.MapPost("/erase", (ClaimsPrincipal user, EraseRecording erase, LiveSessions sessions, CancellationToken cancellation) =>
            ActAsync(user, sessions, id => erase.RunAsync(id, cancellation)));
    }

    private static async Task<IResult> ShowAsync(ClaimsPrincipal user, LiveSessions sessions, CatalogueDb catalogue, IOptions<ChatOptions> chat, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == user.SessionId(), cancellation);
        if (session.State is SessionState.Invited or SessionState.AwaitingConsent or SessionState.Declined || session.ConsentAt is null) { return TypedResults.LocalRedirect("~/consent"); }

        var living = sessions.Of(session.Id);
        var standing = await sessions.StandingAsync(living, cancellation);
        return new RazorComponentResult<LivePage>(new { Status = LiveStatus.Of(standing, living), Session = session, Chat = chat.Value.Keep });
    }

    private static async Task<Ok<LiveStatus>> HeartbeatAsync(ClaimsPrincipal user, SessionControl control, LiveSessions sessions, CancellationToken cancellation)
    {
        var living = sessions.Of(user.SessionId());
        living.PersonSeen();
        await control.StepAsync(living, cancellation); // who came back is recorded again at once
        return TypedResults.Ok(LiveStatus.Of(await sessions.StandingAsync(living, cancellation), living));
    }

    private static async Task<Ok<LiveStatus>> ActAsync(ClaimsPrincipal user, LiveSessions sessions, Func<Guid, Task<Standing>> act)
    {
        var living = sessions.Of(user.SessionId());
        var standing = await act(living.Id);
        living.PersonSeen(); // afterwards: who comes back only to end it is not recorded again for a moment
        return TypedResults.Ok(LiveStatus.Of(standing, living));
    }
}
