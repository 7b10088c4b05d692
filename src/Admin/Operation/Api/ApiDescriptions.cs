using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using SecureRecorder.Admin.Live;

namespace SecureRecorder.Admin.Operation.Api;

/// <summary>Says what an endpoint does, in the words of the API's document. What has no such words is no part of the API.</summary>
internal static class ApiDescriptions
{
    private const string Problem = "application/problem+json";

    /// <param name="name">What programs call it: unique.</param>
    /// <param name="refusals">Statuses with which the endpoint itself refuses. Those of sign-in, rate limit and body are added by what is asked of the endpoint.</param>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string name, string summary, params int[] refusals)
    {
        endpoint.WithName(name).WithSummary(summary);
        endpoint.Finally(built =>
        {
            foreach (var status in refusals.Concat(Implied(built.Metadata)).Distinct()) { built.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), [Problem])); }
        });
        return endpoint;
    }

    /// <summary>Says that it reads JSON itself, whatever the request says of its type.</summary>
    public static RouteHandlerBuilder TakesJson<T>(this RouteHandlerBuilder endpoint, string meaning) => endpoint.AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
        operation.RequestBody = BodyOf("application/json", await context.GetOrCreateSchemaAsync(typeof(T), cancellationToken: cancellation), meaning, required: false));

    /// <summary>Says that it takes the body as it is.</summary>
    public static RouteHandlerBuilder TakesBytes(this RouteHandlerBuilder endpoint, string meaning) => endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.RequestBody = BodyOf("application/octet-stream", new OpenApiSchema(), meaning, required: true);
        return Task.CompletedTask;
    });

    /// <summary>Whether it is a part of the API.</summary>
    public static bool IsDescribed(IEnumerable<object> metadata) => metadata.OfType<IEndpointSummaryMetadata>().Any();

    /// <summary>Only requests of the server's own pages: see <see cref="OwnPageFilter"/>.</summary>
    public static TBuilder OnlyForOwnPages<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter<TBuilder, OwnPageFilter>().WithMetadata(new OwnPagesOnly());

    /// <summary>What is in the way of the endpoint, and so answers in its place.</summary>
    private static IEnumerable<int> Implied(IList<object> metadata)
    {
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            yield return StatusCodes.Status401Unauthorized;
            if (ApiAccess.SchemeOf(metadata) == ApiAccess.Account) { yield return StatusCodes.Status403Forbidden; }
        }

        if (metadata.OfType<OwnPagesOnly>().Any()) { yield return StatusCodes.Status403Forbidden; }
        if (metadata.OfType<Guessable>().Any()) { yield return StatusCodes.Status429TooManyRequests; }
        if (metadata.OfType<IAcceptsMetadata>().Any())
        {
            yield return StatusCodes.Status400BadRequest;
            yield return StatusCodes.Status413PayloadTooLarge;
            yield return StatusCodes.Status415UnsupportedMediaType;
        }
    }

    private static OpenApiRequestBody BodyOf(string type, IOpenApiSchema schema, string meaning, bool required) =>
        new() { Description = meaning, Required = required, Content = new Dictionary<string, OpenApiMediaType> { [type] = new() { Schema = schema } } };

    internal sealed record OwnPagesOnly;
}
