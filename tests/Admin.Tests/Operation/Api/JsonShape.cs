using System.Text.Json;

namespace SecureRecorder.Admin.Tests.Operation.Api;

/// <summary>Whether JSON is as a schema of the document says: also nothing that it does not say.</summary>
/// <remarks>The keywords of JSON Schema 2020-12 that the document uses; another one is an error of the test.</remarks>
internal sealed class JsonShape(JsonElement document)
{
    private static readonly string[] Known = ["$ref", "type", "required", "properties", "items", "enum", "oneOf", "anyOf", "additionalProperties", "description", "format", "default", "minItems", "maxItems", "minimum", "maximum", "minLength", "maxLength"];

    /// <summary>What is wrong, with where; empty: nothing.</summary>
    public IReadOnlyList<string> Errors(JsonElement value, JsonElement schema, string at = "$")
    {
        if (schema.EnumerateObject().Select(keyword => keyword.Name).FirstOrDefault(name => !Known.Contains(name)) is { } unknown) { return [$"{at}: the test does not know the keyword {unknown}"]; }
        if (schema.TryGetProperty("$ref", out var reference)) { return Errors(value, Resolve(reference.GetString()!), at); }
        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(choice, out var choices)) { return choices.EnumerateArray().Any(one => Errors(value, one, at).Count == 0) ? [] : [$"{at}: {value} fits none of {choices}"]; }
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(name => Is(value, name))) { return [$"{at}: {value} is not {type}"]; }
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value))) { return [$"{at}: {value} is none of {values}"]; }
        return value.ValueKind switch
        {
            JsonValueKind.Object when schema.TryGetProperty("properties", out var properties) => [.. ErrorsOfObject(value, schema, properties, at)],
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => [.. value.EnumerateArray().SelectMany((item, i) => Errors(item, items, $"{at}[{i}]"))],
            _ => [],
        };
    }

    /// <summary>What a <c>$ref</c> is of.</summary>
    public JsonElement Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (from, name) => from.GetProperty(name));

    private IEnumerable<string> ErrorsOfObject(JsonElement value, JsonElement schema, JsonElement properties, string at)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _))) { yield return $"{at}: {name} is missing"; }
        }

        var mayHaveMore = properties.TryGetProperty("status", out _) && properties.TryGetProperty("instance", out _); // problem details may
        foreach (var property in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(property.Name, out var shape))
            {
                if (!mayHaveMore) { yield return $"{at}.{property.Name} is nowhere in the schema"; }
                continue;
            }

            foreach (var error in Errors(property.Value, shape, $"{at}.{property.Name}")) { yield return error; }
        }
    }

    private static IEnumerable<string> Types(JsonElement type) => type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind is JsonValueKind.Null,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind is JsonValueKind.Number,
        "array" => value.ValueKind is JsonValueKind.Array,
        "object" => value.ValueKind is JsonValueKind.Object,
        _ => false,
    };
}
