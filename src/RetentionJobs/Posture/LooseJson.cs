using System.Globalization;
using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Reads a bucket's answers as tools print them: XML turned into JSON has one object in place of a list of one, numbers and booleans as strings, and nothing or "" in place of an empty element.</summary>
internal static class LooseJson
{
    /// <summary>The first member of one of these names that is there, whatever the case of its letters; undefined where there is none.</summary>
    public static JsonElement Find(this JsonElement json, params ReadOnlySpan<string> names)
    {
        if (json.ValueKind is not JsonValueKind.Object) { return default; }

        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var found)) { return found; }
        }

        foreach (var name in names)
        {
            foreach (var member in json.EnumerateObject())
            {
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)) { return member.Value; }
            }
        }

        return default;
    }

    /// <summary>The member of just this name; undefined where there is none.</summary>
    public static JsonElement Member(this JsonElement json, string name) => json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var found) ? found : default;

    /// <summary>The values of a list; one value that is no list, alone; of nothing, none.</summary>
    public static IEnumerable<JsonElement> Each(this JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => json.EnumerateArray(),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => [json],
    };

    /// <summary>The values of a list that may be wrapped once more, as in <c>{"Rules":{"Rule":[…]}}</c>.</summary>
    public static IEnumerable<JsonElement> Each(this JsonElement json, string inner) => (json.Find(inner) is { ValueKind: not JsonValueKind.Undefined } wrapped ? wrapped : json).Each();

    /// <summary>A string, number or boolean as text; <see langword="null"/> of anything else.</summary>
    public static string? AsText(this JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    public static bool? AsFlag(this JsonElement json) => bool.TryParse(json.AsText(), out var flag) ? flag : null;

    public static int? AsNumber(this JsonElement json) => int.TryParse(json.AsText(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether there is nothing in it: no value, an empty object, list or text.</summary>
    public static bool IsNothing(this JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.Object => !json.EnumerateObject().Any(),
        JsonValueKind.Array => json.GetArrayLength() == 0,
        JsonValueKind.String => string.IsNullOrWhiteSpace(json.GetString()),
        _ => false,
    };

    /// <summary>What is inside a root element of this name; without it, the document itself.</summary>
    public static JsonElement Unwrap(this JsonElement json, string root) => json.Member(root) is { ValueKind: not JsonValueKind.Undefined } inside ? inside : json;

    /// <summary>Why there is no document.</summary>
    public static Absence AbsenceOf(this JsonElement json)
    {
        if (json.Member("Error") is not { ValueKind: JsonValueKind.Object } error) { return Absence.None; }

        var (code, status) = (error.Find("Code").AsText() ?? "", error.Find("HTTPStatusCode", "StatusCode").AsNumber());
        return code is "NotImplemented" or "MethodNotAllowed" or "UnsupportedOperation" or "XNotImplemented" || status is 405 or 501 ? Absence.Unsupported
            : code == "NoSuchBucket" ? Absence.NoBucket
            : code.StartsWith("NoSuch", StringComparison.Ordinal) || code.EndsWith("NotFoundError", StringComparison.Ordinal) || code.EndsWith("NotFound", StringComparison.Ordinal) || (code.Length == 0 && status == 404) ? Absence.NotConfigured
            : Absence.Unknown;
    }
}

/// <summary>Why there is no document.</summary>
internal enum Absence
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>The server says that nothing is configured.</summary>
    NotConfigured,

    /// <summary>There is no such bucket.</summary>
    NoBucket,

    /// <summary>The server does not have this.</summary>
    Unsupported,

    /// <summary>It could not be read: this never counts as a pass.</summary>
    Unknown,
}
