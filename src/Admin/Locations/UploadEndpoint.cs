using Microsoft.AspNetCore.Http.Features;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>Receives what recorders put into a folder location. The signed address is the credential: one object, once, for a while.</summary>
internal static class UploadEndpoint
{
    /// <summary>Bytes that one object may have.</summary>
    public const long LimitInBytes = 64 << 20;

    public static void MapUploads(this IEndpointRouteBuilder routes) =>
        routes.MapPut($"/{FolderUploadAddresses.BasePath}{{**name}}", PutAsync).AllowAnonymous().DisableAntiforgery().WithTags("recorder")
            .Describe("putObject", "Puts one sealed object into a location that is a folder", 400, 403, 404, 412, 413).Produces(StatusCodes.Status200OK).TakesBytes("The object, sealed.")
            .WithDescription("The address, with its expiry and signature, and the headers to send come from uploadAddresses. Where the location is a bucket, they lead to the bucket instead, and this answers 404.");

    private static async Task<IResult> PutAsync(string name, string? expires, string? signature, HttpContext http, FolderLocation location, CancellationToken cancellation)
    {
        if (location.Store is not { } folder) { return Problems.NotFound("Nothing is put here.", "This server's recordings go to a bucket; use the addresses that it hands out."); }

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LimitInBytes;
        var upload = new FolderUpload(name, expires, signature, http.Request.Headers.IfNoneMatch, http.Request.ContentLength, http.Request.Body);
        return await folder.ReceiveAsync(upload, cancellation) switch
        {
            UploadOutcome.Stored => TypedResults.Ok(),
            UploadOutcome.Exists => TypedResults.Problem("What exists is never overwritten.", statusCode: StatusCodes.Status412PreconditionFailed, title: "The object exists."),
            UploadOutcome.Expired => Problems.Forbidden("The upload address has expired.", "Ask for a new one."),
            UploadOutcome.TooLarge => TypedResults.Problem($"An object may have at most {LimitInBytes} bytes.", statusCode: StatusCodes.Status413PayloadTooLarge, title: "The object is too large."),
            UploadOutcome.Cut => Problems.BadRequest("The body broke off.", "Nothing was stored; send it again."),
            _ => Problems.Forbidden("This upload address is not valid.", "It was not made by this server for this object, or came without its headers."),
        };
    }
}
