using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SecureRecorder.Admin.Operation.Api;

/// <summary>The OpenAPI document of everything that answers to programs. The pages are no part of it.</summary>
/// <remarks>
/// Everybody may read it: it is the same on every server of this version and tells nothing of this one, and who writes a recorder has no account. It is made once, so that asking for it costs nothing.
/// Source: OpenAPI 3.1.
/// </remarks>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider documents) : IDisposable
{
    public const string Path = $"/openapi/{Name}.json";
    private const string Name = "v1";

    private const string Description = """
        What recorders, the pages' own modules and the organization's programs call.

        Every refusal is `application/problem+json` (RFC 9457): `title` says what, `detail` says what to do. Beside the answers that are named, any request may get a 405, a 421 (this server is not called by that name) or a 500. Nothing of what is answered may be stored: every answer says `Cache-Control: no-store`.

        Times are RFC 3339 in UTC; times of a recording are seconds on its session's clock. Bytes of a track are sealed before they leave the recorder: see FORMAT.md.
        """;

    private readonly SemaphoreSlim making = new(1, 1);
    private byte[]? made;

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<ApiDocument>();
        services.AddOpenApi(Name, document =>
        {
            document.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            document.ShouldInclude = operation => ApiDescriptions.IsDescribed(operation.ActionDescriptor.EndpointMetadata);
            document.AddOperationTransformer<ApiAccess>();
            document.AddOperationTransformer<ApiSchemas>();
            document.AddSchemaTransformer<ApiSchemas>();
            document.AddDocumentTransformer<ApiAccess>();
            document.AddDocumentTransformer((written, _, _) =>
            {
                written.Info = new() { Title = "SecureRecorder", Version = Name, Description = Description };
                written.Servers = [new() { Url = "/" }];
                return Task.CompletedTask;
            });
        });
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path, async (ApiDocument document, CancellationToken cancellation) =>
        TypedResults.Bytes(await document.ReadAsync(cancellation), "application/json")).AllowAnonymous().Describe("apiDocument", "This document").Produces<object>();

    public void Dispose() => making.Dispose();

    private async Task<byte[]> ReadAsync(CancellationToken cancellation)
    {
        if (made is { } already) { return already; }

        await making.WaitAsync(cancellation);
        try
        {
            return made ??= await MakeAsync();
        }
        finally
        {
            making.Release();
        }
    }

    private async Task<byte[]> MakeAsync()
    {
        var document = await documents.GetOpenApiDocumentAsync(CancellationToken.None);
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, CancellationToken.None));
    }
}
