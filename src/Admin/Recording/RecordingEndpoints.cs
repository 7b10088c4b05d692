using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Sessions;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recording;

/// <summary>What recorders call. Every refusal is problem+json and says what to do.</summary>
internal static class RecordingEndpoints
{
    public static WebApplicationBuilder AddRecording(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RecorderControl>();
        services.AddScoped<HandOutAddresses>();
        services.AddScoped<CommitSegments>();
        services.AddScoped<FinishRecording>();
        return builder;
    }

    public static void MapRecording(this IEndpointRouteBuilder routes)
    {
        GuessingLimits.On(routes.MapPost("/api/recorder/join", JoinAsync).AllowAnonymous()).WithTags("recorder")
            .Describe("joinAsRecorder", "Redeems a session's code for a token", 404).Produces<JoinAnswer>();
        var recorder = routes.MapGroup("/api/recorder").RequireAuthorization(RecorderAuthentication.Policy).WithTags("recorder");
        recorder.MapGet("/control", (ClaimsPrincipal user, RecorderControl control, CancellationToken cancellation) =>
            TypedResults.ServerSentEvents(control.EventsAsync(user.SessionId(), cancellation)))
            .Describe("recorderControl", "Says what the recorder must do now, as it changes and every two seconds").Produces<ControlEvent>(contentType: "text/event-stream").WithDescription("Server-sent events of type control; each one's data is a ControlEvent. A recorder that hears none captures nothing.");
        recorder.MapPost("/addresses", (AddressesRequest request, ClaimsPrincipal user, HandOutAddresses hand, HttpContext http, CancellationToken cancellation) =>
            hand.RunAsync(user.SessionId(), request, new Uri($"{http.Request.Scheme}://{http.Request.Host}/"), cancellation))
            .Describe("uploadAddresses", "Hands out addresses, each for one object and a quarter of an hour", 403, 409, 503).Produces<AddressesAnswer>();
        recorder.MapPost("/commits", (CommitRequest request, ClaimsPrincipal user, CommitSegments commit, CancellationToken cancellation) =>
            commit.RunAsync(user.SessionId(), request, cancellation))
            .Describe("commitSegments", "Takes the recorder's word that segments are in the bucket", 403, 409, 503).Produces<CommitAnswer>().WithDescription("What is committed already may be sent again, unchanged. A 409 about the order says in expected which index may come next.");
        recorder.MapPost("/finish", (FinishRequest request, ClaimsPrincipal user, FinishRecording finish, CancellationToken cancellation) =>
            finish.RunAsync(user.SessionId(), request, cancellation))
            .Describe("finishRecording", "Ends the recording: nothing follows", 403, 404, 409, 503).Produces<FinishAnswer>();
    }

    private static async Task<IResult> JoinAsync(JoinRequest request, RedeemCode redeem, KnownLocations locations, CatalogueDb catalogue, SigningKey server, CancellationToken cancellation)
    {
        try
        {
            (request.PublicKey ?? throw new CryptographicException("The key is missing.")).Validate();
        }
        catch (CryptographicException refused)
        {
            return Problems.BadRequest("The recorder's key is not accepted.", $"{refused.Message} Send publicKey as an EC P-256 JWK.");
        }

        if (await redeem.ByRecorderAsync(request.Code, request.PublicKey, cancellation) is not { } joined) { return Problems.NotFound(RedeemCode.RefusalTitle, RedeemCode.RefusalDetail); }

        var session = await catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == joined.Session, cancellation);
        var wraps = await locations.Of(joined.Location).WrapsAsync(catalogue, session, RetentionPart.Screen, cancellation);
        return TypedResults.Ok(new JoinAnswer(joined.Session, joined.Token, joined.Region, wraps.Key, server.Public));
    }
}
