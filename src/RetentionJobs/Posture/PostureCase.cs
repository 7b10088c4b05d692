using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>One document to judge, with what is known of its bucket.</summary>
/// <param name="Kind"><c>policy</c>, <c>acl</c>, <c>pab</c>, <c>versioning</c>, <c>object_lock</c>, <c>lifecycle</c>, <c>encryption</c>, <c>replication</c>, <c>location</c>, <c>cors</c>, <c>website</c> or <c>logging</c>.</param>
public sealed record PostureCase(string Id, string Kind, JsonElement Document, PostureContext Context)
{
    /// <exception cref="InvalidDataException">A member is missing or is not what it must be; the message names it.</exception>
    public static PostureCase Read(JsonElement json, int number)
    {
        if (json.ValueKind != JsonValueKind.Object) { throw new InvalidDataException($"Case {number} is no JSON object."); }

        var id = json.Find("id").AsText() ?? throw new InvalidDataException($"Case {number} has no 'id'.");
        var kind = json.Find("kind").AsText() ?? throw new InvalidDataException($"Case '{id}' has no 'kind'.");
        if (!json.TryGetProperty("document", out var document)) { throw new InvalidDataException($"Case '{id}' has no 'document'."); }
        var context = json.Find("context");
        if (context.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined)) { throw new InvalidDataException($"Case '{id}': 'context' is no JSON object."); }

        return new(id, kind, document, new(context, json.Find("probe")));
    }
}
