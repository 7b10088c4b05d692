using System.Security.Claims;
using System.Security.Cryptography;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Sessions;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Keys;
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

    public static WebApplicationBuilder AddJobs(this WebApplicationBuilder builder)
    {
        builder.Services.AddRetentionJobs();
        return builder;
    }

    public static void MapRecording(this IEndpointRouteBuilder routes)
    {
        GuessingLimits.On(routes.MapPost("/api/recorder/join", JoinAsync).AllowAnonymous());
        var recorder = routes.MapGroup("/api/recorder").RequireAuthorization(RecorderAuthentication.Policy);
        recorder.MapGet("/control", (ClaimsPrincipal user, RecorderControl control, CancellationToken cancellation) =>
            TypedResults.ServerSentEvents(control.EventsAsync(user.SessionId(), cancellation)));
        recorder.MapPost("/addresses", (AddressesRequest request, ClaimsPrincipal user, HandOutAddresses hand, HttpContext http, CancellationToken cancellation) =>
            hand.RunAsync(user.SessionId(), request, new Uri($"{http.Request.Scheme}://{http.Request.Host}/"), cancellation));
        recorder.MapPost("/commits", (CommitRequest request, ClaimsPrincipal user, CommitSegments commit, CancellationToken cancellation) =>
            commit.RunAsync(user.SessionId(), request, cancellation));
        recorder.MapPost("/finish", (FinishRequest request, ClaimsPrincipal user, FinishRecording finish, CancellationToken cancellation) =>
            finish.RunAsync(user.SessionId(), request, cancellation));
    }

    private static async Task<IResult> JoinAsync(JoinRequest request, RedeemCode redeem, KekPublicKey kek, SigningKey server, CancellationToken cancellation)
    {
        try
        {
            (request.PublicKey ?? throw new CryptographicException("The key is missing.")).Validate();
        }
        catch (CryptographicException refused)
        {
            return Problems.BadRequest("The recorder's key is not accepted.", $"{refused.Message} Send publicKey as an EC P-256 JWK.");
        }

        return await redeem.ByRecorderAsync(request.Code, request.PublicKey, cancellation) is { } joined
            ? TypedResults.Ok(new JoinAnswer(joined.Session, joined.Token, joined.Region, kek, server.Public))
            : Problems.NotFound(RedeemCode.RefusalTitle, RedeemCode.RefusalDetail);
    }
}
