using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture.Policies;

namespace SecureRecorder.RetentionJobs.Posture.Closing;

/// <summary>Finds the statements that make a policy public, and takes just them out.</summary>
internal static class OffendingStatements
{
    /// <summary>The policy without them; its other statements, and what else is in it, come out as they were.</summary>
    /// <param name="policy">The policy as the server keeps it.</param>
    /// <returns>How many were taken out (0: none of them makes it public, or it cannot be read), and what is left; null: nothing is.</returns>
    public static (int Removed, string? Left) Remove(JsonElement policy, PostureContext context)
    {
        var read = PolicyDocument.Of(policy);
        if (!read.Readable || policy.ValueKind is not JsonValueKind.Object || policy.EnumerateObject().Where(IsStatements).ToList() is not [var statements]) { return (0, null); }

        var denies = read.Statements.Where(statement => !statement.Allows).ToList();
        var all = statements.Value.Each().ToList();
        if (all.Count != read.Statements.Count) { return (0, null); }

        var kept = all.Zip(read.Statements).Where(each => !IsPublic(each.Second, denies, context)).Select(each => each.First).ToList();
        return (all.Count - kept.Count, kept.Count == 0 ? null : Write(policy, kept));
    }

    /// <summary>With all denials beside it: what they close stays.</summary>
    private static bool IsPublic(PolicyStatement statement, List<PolicyStatement> denies, PostureContext context) =>
        statement.Allows && PolicyExposure.Judge(new PolicyDocument(true, [statement, .. denies]), context).Public;

    private static bool IsStatements(JsonProperty member) => string.Equals(member.Name, "Statement", StringComparison.OrdinalIgnoreCase);

    private static string Write(JsonElement policy, List<JsonElement> kept)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in policy.EnumerateObject())
            {
                if (!IsStatements(member)) { member.WriteTo(json); continue; }

                json.WriteStartArray(member.Name);
                foreach (var statement in kept) { statement.WriteTo(json); }
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
