using System.Text.Json;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>Reads a bucket's ACL and policy for what they give to strangers.</summary>
/// <remarks>The servers' own summary (policy status) is wrong in both directions on some of them and is not asked.</remarks>
internal static class BucketExposure
{
    private const string Groups = "/groups/global/";

    /// <summary>A grant to everybody or to every account, or <see langword="null"/>.</summary>
    public static string? FindPublicGrant(IEnumerable<S3Grant>? grants) =>
        (from grant in grants ?? []
         let named = grant.Grantee?.URI
         where named is not null && named.Contains(Groups, StringComparison.Ordinal)
         select $"the ACL gives {grant.Permission?.Value} to {named[(named.LastIndexOf('/') + 1)..]}").FirstOrDefault();

    /// <summary>Grants to other accounts than the owner's.</summary>
    public static IEnumerable<string> FindForeignGrants(IEnumerable<S3Grant>? grants, string? owner) =>
        from grant in grants ?? []
        let grantee = grant.Grantee?.CanonicalUser ?? grant.Grantee?.EmailAddress ?? grant.Grantee?.URI ?? "somebody unnamed"
        where grantee != owner
        select $"{grant.Permission?.Value} to {grantee}";

    /// <summary>A statement that allows something to everybody without a condition, or <see langword="null"/>.</summary>
    /// <exception cref="JsonException">The policy is not JSON.</exception>
    public static string? FindPublicStatement(string policy)
    {
        using var document = JsonDocument.Parse(policy);
        foreach (var statement in StatementsOf(document.RootElement))
        {
            if (Text(statement, "Effect") == "Allow" && IsForEverybody(statement) && !HasCondition(statement))
            {
                return $"the policy allows {(statement.TryGetProperty("Action", out var action) ? action.GetRawText() : "something")} to everybody";
            }
        }

        return null;
    }

    /// <summary>Whether the policy denies everything that comes without TLS, in the form that all servers enforce.</summary>
    /// <exception cref="JsonException">The policy is not JSON.</exception>
    public static bool IsTlsOnly(string policy)
    {
        using var document = JsonDocument.Parse(policy);
        return StatementsOf(document.RootElement).Any(statement =>
            Text(statement, "Effect") == "Deny" && IsForEverybody(statement)
            && statement.TryGetProperty("Action", out var action) && Values(action).Contains("s3:*")
            && statement.TryGetProperty("Condition", out var condition)
            && condition.ValueKind == JsonValueKind.Object && condition.EnumerateObject().Count() == 1
            && condition.TryGetProperty("BoolIfExists", out var test)
            && test.ValueKind == JsonValueKind.Object && test.EnumerateObject().Count() == 1
            && test.TryGetProperty("aws:SecureTransport", out var value) && Values(value).SequenceEqual(["false"]));
    }

    private static List<JsonElement> StatementsOf(JsonElement policy) =>
        policy.ValueKind != JsonValueKind.Object || !policy.TryGetProperty("Statement", out var statements) ? []
        : statements.ValueKind == JsonValueKind.Array ? [.. statements.EnumerateArray()]
        : [statements];

    private static bool IsForEverybody(JsonElement statement) =>
        statement.TryGetProperty("NotPrincipal", out _)
        || (statement.TryGetProperty("Principal", out var principal)
            && (principal.ValueKind == JsonValueKind.Object ? principal.EnumerateObject().SelectMany(kind => Values(kind.Value)) : Values(principal)).Contains("*"));

    private static bool HasCondition(JsonElement statement) =>
        statement.TryGetProperty("Condition", out var condition) && condition.ValueKind == JsonValueKind.Object && condition.EnumerateObject().Any();

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> Values(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Values)
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : [value.GetRawText()];
}
