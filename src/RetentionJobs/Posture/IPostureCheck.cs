using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Judges one kind of document that a bucket answers with. Needs no network: what it knows of the bucket's other documents is in the context.</summary>
public interface IPostureCheck
{
    /// <summary>The kind of document, as <see cref="PostureCase.Kind"/> names it.</summary>
    string Kind { get; }

    /// <param name="document">The answer as JSON, in any of the shapes that SDKs and tools print, or <c>{"Error":{"Code":…,"HTTPStatusCode":…}}</c>.</param>
    Judgement Judge(JsonElement document, PostureContext context);
}

/// <summary>What a check found.</summary>
/// <param name="Public">Whether somebody reaches the bucket's objects or settings who is not one of a fixed, named set.</param>
/// <param name="Findings">Names of rules, see <see cref="PostureRules"/>, each once, in alphabetical order.</param>
public sealed record Judgement(bool Public, IReadOnlyList<string> Findings)
{
    public static Judgement Of(bool isPublic, IEnumerable<string> findings) => new(isPublic, [.. findings.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    /// <summary>Of a document that cannot make a bucket public by itself.</summary>
    public static Judgement Private(IEnumerable<string> findings) => Of(false, findings);
}
