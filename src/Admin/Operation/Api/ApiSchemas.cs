using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace SecureRecorder.Admin.Operation.Api;

/// <summary>Makes the shapes say what is written: numbers as numbers, and what may be absent as that.</summary>
internal sealed class ApiSchemas : IOpenApiSchemaTransformer, IOpenApiOperationTransformer
{
    /// <summary>What stands in paths and queries.</summary>
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["grant"] = "The open replay, as the address of its page has it. It is its viewer's alone, and is over when their right is.",
        ["first"] = "Index of the group's first segment, from the playlist or the description.",
        ["index"] = "Index of the segment.",
        ["parts"] = "One entry a segment instead of one a group.",
        ["after"] = "Segments that are known already. Default 0.",
        ["name"] = "The object's name.",
        ["expires"] = "As handed out.",
        ["signature"] = "As handed out.",
        ["token"] = "The secret of the person's link.",
        ["actor"] = "Only rows of this account, or of 'participant', 'recorder', 'server' or 'stranger'.",
        ["action"] = "Only rows of this action, or, with a dot at its end, of a kind of action.",
        ["session"] = "Only rows about this session.",
        ["outcome"] = "Only rows with this outcome.",
        ["from"] = "From this day on.",
        ["to"] = "Up to and with this day.",
    };

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (schema.Type is { } type && (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
        {
            schema.Type = type & ~JsonSchemaType.String; // numbers in quotes are read too, and never written
            schema.Pattern = null;
        }

        foreach (var property in context.JsonTypeInfo.Properties.Where(MayBeAbsent)) { schema.Required?.Remove(property.Name); }
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (parameter.In == ParameterLocation.Query && parameter.Name is { } name) { parameter.Name = char.ToLowerInvariant(name[0]) + name[1..]; }
            parameter.Description ??= parameter.Name == "id"
                ? context.Description.RelativePath!.Contains("exports", StringComparison.Ordinal) ? "Id of the export." : "Id of the session."
                : Parameters.GetValueOrDefault(parameter.Name ?? "");
        }

        return Task.CompletedTask;
    }

    private static bool MayBeAbsent(JsonPropertyInfo property) => property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null;
}
