using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace SecureRecorder.Admin.Tests.Access.Matrix;

/// <summary>The routes that the application has, as it says itself.</summary>
internal static class AllRoutes
{
    /// <summary>Each as <c>METHOD /pattern</c>; <c>ANY</c> where it takes every method.</summary>
    public static IReadOnlyList<string> Of(Server server) => [.. server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => $"{method} /{route.RoutePattern.RawText!.Trim('/')}"))
        .Order(StringComparer.Ordinal)];
}
