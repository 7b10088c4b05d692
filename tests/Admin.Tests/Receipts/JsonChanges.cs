using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureRecorder.Admin.Tests.Receipts;

/// <summary>Every single change of a JSON document, found by walking over it: whatever member it has, or gets later, is changed too.</summary>
internal static class JsonChanges
{
    /// <summary>All documents that differ from this one in one place, with the place's name.</summary>
    public static IEnumerable<(string Where, string Json)> Of(string json)
    {
        foreach (var path in Paths(JsonNode.Parse(json)!, []))
        {
            foreach (var (what, change) in ChangesAt(At(JsonNode.Parse(json)!, path)))
            {
                var copy = JsonNode.Parse(json)!;
                if (path.Length == 0) { yield return (what, change(copy)?.ToJsonString() ?? "null"); continue; }

                Replace(copy, path, change);
                yield return ($"{string.Join('/', path)}: {what}", copy.ToJsonString());
            }

            foreach (var (what, changed) in MembersChangedAt(json, path)) { yield return ($"{string.Join('/', path)}: {what}", changed); }
        }
    }

    private static IEnumerable<object[]> Paths(JsonNode node, object[] path)
    {
        yield return path;
        var children = node switch
        {
            JsonObject o => o.Select(member => ((object)member.Key, member.Value)),
            JsonArray a => a.Select((item, index) => ((object)index, item)),
            _ => [],
        };
        foreach (var (name, child) in children)
        {
            if (child is not null) { foreach (var below in Paths(child, [.. path, name])) { yield return below; } }
        }
    }

    private static IEnumerable<(string What, Func<JsonNode, JsonNode?> Change)> ChangesAt(JsonNode node)
    {
        yield return ("null", _ => null);
        yield return ("another kind", n => n is JsonObject ? new JsonArray() : new JsonObject());
        if (node is not JsonValue value) { yield break; }

        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                foreach (var (what, text) in TextChanges(value.GetValue<string>())) { yield return (what, _ => JsonValue.Create(text)); }
                break;
            case JsonValueKind.Number:
                yield return ("one more", n => JsonValue.Create(n.GetValue<long>() + 1));
                yield return ("negated", n => JsonValue.Create(-n.GetValue<long>() - 1));
                break;
            case JsonValueKind.True or JsonValueKind.False:
                yield return ("the opposite", n => JsonValue.Create(!n.GetValue<bool>()));
                break;
        }
    }

    /// <summary>Every member removed, renamed; one added. Not for values.</summary>
    private static IEnumerable<(string What, string Json)> MembersChangedAt(string json, object[] path)
    {
        if (At(JsonNode.Parse(json)!, path) is not JsonObject members) { yield break; }

        foreach (var name in members.Select(member => member.Key))
        {
            yield return ($"without {name}", Changed(json, path, o => o.Remove(name)));
            yield return ($"{name} renamed", Changed(json, path, o => { var value = o[name]; o.Remove(name); o[name.ToUpperInvariant()] = value; }));
        }

        yield return ("with one more member", Changed(json, path, o => o["more"] = "x"));
    }

    private static IEnumerable<(string What, string Text)> TextChanges(string text)
    {
        yield return ("empty", "");
        yield return ("with a space after it", text + " ");
        yield return ("cut", text[..(text.Length / 2)]);
        foreach (var at in (int[])[0, text.Length / 3, text.Length / 2, text.Length - 1])
        {
            if (at >= 0 && at < text.Length) { yield return ($"character {at} changed", text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..]); }
        }

        if (text.Any(char.IsAsciiLetterLower)) { yield return ("in capitals", text.ToUpperInvariant()); }
        if (text.Split('.') is not [var header, var payload, var signature] || !header.StartsWith("eyJ", StringComparison.Ordinal)) { yield break; }

        foreach (var (where, changed) in Of(Decode(header))) { yield return ($"header {where}", $"{Encode(changed)}.{payload}.{signature}"); }
        foreach (var (where, changed) in Of(Decode(payload))) { yield return ($"payload {where}", $"{header}.{Encode(changed)}.{signature}"); }
        var bytes = Base64Url.DecodeFromChars(signature);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return ($"signature bit {bit}", $"{header}.{payload}.{Base64Url.EncodeToString(flipped)}");
        }
    }

    private static string Decode(string part) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part));

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static JsonNode At(JsonNode root, object[] path) => path.Aggregate(root, (node, step) => (step is string name ? node[name] : node[(int)step])!);

    private static void Replace(JsonNode root, object[] path, Func<JsonNode, JsonNode?> change)
    {
        var parent = At(root, path[..^1]);
        var now = At(root, path);
        if (path[^1] is string name) { parent[name] = change(now); } else { parent[(int)path[^1]] = change(now); }
    }

    private static string Changed(string json, object[] path, Action<JsonObject> change)
    {
        var copy = JsonNode.Parse(json)!;
        change(At(copy, path).AsObject());
        return copy.ToJsonString();
    }
}
