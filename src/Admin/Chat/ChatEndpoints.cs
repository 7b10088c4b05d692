using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Chat.Redaction;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Chat;

/// <summary>Both sides of a session's chat: send, and listen. A person's cookie reaches the person's side, an account the sessions that it started.</summary>
internal static class ChatEndpoints
{
    /// <summary>How often a stream shows that it is there; and how soon it notices that its account was changed by another process.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private const string EventStream = "text/event-stream";
    private const string Events = "Server-sent events: here and beat with nothing in them, deleted when what was recorded was deleted, and message, whose data is a ChatMessage and whose id is its number. Last-Event-ID says from where to go on.";

    public static WebApplicationBuilder AddChat(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ChatOptions>().BindConfiguration(ChatOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ChatOptions>, ChatOptionsValidator>();
        services.AddChatRedaction();
        services.AddSingleton<ChatRecorder>();
        services.AddHostedOnWeb<ChatRecorder>();
        services.AddScoped<ChatTrack>();
        services.AddSingleton<SendMessage>();
        return builder;
    }

    public static void MapChat(this IEndpointRouteBuilder routes)
    {
        var person = routes.MapGroup("/api/live/chat").RequireAuthorization(ParticipantAuthentication.Policy).WithTags("recorded person");
        person.MapPost("", async (WrittenMessage written, ClaimsPrincipal user, SendMessage send, CancellationToken cancellation) =>
            Answer(await send.RunAsync(user.SessionId(), user.ParticipantName(), written.Text, cancellation))).OnlyForOwnPages().Describe("liveChatSend", "Says something to the technician", 429).Produces<SentMessage>();
        person.MapGet("", (ClaimsPrincipal user, HttpContext http, LiveSessions sessions, CancellationToken cancellation) =>
            ListenAsync(http, sessions, user.SessionId(), user.ParticipantName(), cancellation)).Describe("liveChat", "What is said, as it is said", 403, 404).Produces<ChatMessage>(contentType: EventStream).WithDescription(Events);

        var technician = routes.MapGroup("/api/sessions/{id:guid}/chat").AddEndpointFilter(OnlyTheirsAsync).WithTags("session");
        technician.MapPost("", async (Guid id, WrittenMessage written, SendMessage send, CancellationToken cancellation) =>
            Answer(await send.RunAsync(id, null, written.Text, cancellation))).OnlyForOwnPages().Describe("sessionChatSend", "Says something to the recorded person", 404, 429).Produces<SentMessage>();
        technician.MapGet("", (Guid id, HttpContext http, LiveSessions sessions, CancellationToken cancellation) =>
            ListenAsync(http, sessions, id, null, cancellation)).Describe("sessionChat", "What is said, as it is said", 404).Produces<ChatMessage>(contentType: EventStream).WithDescription(Events);
    }

    private static IResult Answer(SendMessage.Outcome outcome) => outcome switch
    {
        SendMessage.Outcome.Sent sent => TypedResults.Ok(new SentMessage(sent.Message.Id, sent.Message.Removed)),
        SendMessage.Outcome.Refused refused => Problems.BadRequest("The message was not sent.", refused.Why),
        SendMessage.Outcome.TooMany => TypedResults.Problem("Wait a moment, then send it again.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many messages at once."),
        var other => throw new InvalidOperationException($"Unknown outcome {other}."),
    };

    /// <param name="participant">Who listens; null: the technician.</param>
    private static async Task<IResult> ListenAsync(HttpContext http, LiveSessions sessions, Guid id, string? participant, CancellationToken cancellation)
    {
        var session = sessions.Of(id);
        var standing = await sessions.StandingAsync(session, cancellation);
        var listener = participant is null ? null : standing.Of(participant);
        if (listener is { IsHere: false }) { return Problems.Forbidden("You left the session.", "Its chat goes on without you."); }

        if (standing.IsDeleted) { return Problems.NotFound("The chat is gone.", "What was recorded of this session is deleted."); }

        var heard = long.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last <= session.Chat.Last ? last
            : standing.Chat is ChatKeeping.Nothing ? session.Chat.Last : 0;
        var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var open = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping); // an open page does not hold up the server's stop
        http.Response.RegisterForDispose(open);
        return TypedResults.ServerSentEvents(EventsAsync(http, sessions, session, listener, heard, open.Token));
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        HttpContext http, LiveSessions sessions, LiveSession session, Attendee? listener, long heard, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (clock, accounts, changes) = (http.RequestServices.GetRequiredService<TimeProvider>(), http.RequestServices.GetRequiredService<AccountSessions>(), http.RequestServices.GetRequiredService<SignInChanges>());
        yield return new("", "here"); // the answer begins at once
        while (!cancellation.IsCancellationRequested)
        {
            var (changed, signIns) = (session.Chat.Changed, changes.Next); // taken before reading what they announce
            if (listener is null && !await accounts.IsStillAsync(http.User, Roles.Technician, cancellation)) { yield break; } // signed out, disabled, or no technician any more
            if (listener is not null && !(await sessions.StandingAsync(session, cancellation)).Of(listener.Name).IsHere) { yield break; } // who left hears no more
            foreach (var message in session.Chat.After(heard).Where(message => MayHear(listener, message)))
            {
                heard = message.Id;
                yield return new(JsonSerializer.Serialize(message, ChatJson.Default.ChatMessage), "message") { EventId = heard.ToString(CultureInfo.InvariantCulture) };
            }

            if (session.Chat.IsForgotten)
            {
                yield return new("", "deleted"); // what the page still shows goes too
                yield break;
            }

            if (!await changed.OrAfterAsync(signIns, Beat, clock, cancellation) && !cancellation.IsCancellationRequested) { yield return new("", "beat"); } // a connection that is gone shows
        }
    }

    /// <summary>What the first ones said before somebody joined later is not for them.</summary>
    private static bool MayHear(Attendee? listener, ChatMessage message) => listener is null || listener.Name == Participant.First || message.At >= listener.JoinedAt;

    private static async ValueTask<object?> OnlyTheirsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var (id, technician) = (Guid.Parse((string)http.GetRouteValue("id")!), http.User.Identity!.Name);
        var catalogue = http.RequestServices.GetRequiredService<CatalogueDb>();
        return await catalogue.Sessions.AnyAsync(s => s.Id == id && s.Technician == technician, http.RequestAborted)
            ? await next(context)
            : Problems.NotFound("There is no such session.", "Check the address; you see the sessions that you started.");
    }
}

/// <summary>What somebody typed.</summary>
internal sealed record WrittenMessage(string? Text);

/// <summary>What became of it. <paramref name="Removed"/>: secrets that nobody gets to see.</summary>
internal sealed record SentMessage(long Id, IReadOnlyList<string> Removed);
