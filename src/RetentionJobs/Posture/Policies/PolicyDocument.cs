using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>A bucket policy.</summary>
/// <param name="Readable">False: it is no policy that can be judged.</param>
internal sealed record PolicyDocument(bool Readable, IReadOnlyList<PolicyStatement> Statements)
{
    private static readonly PolicyDocument Malformed = new(false, []);

    /// <summary>The policy of an answer.</summary>
    /// <returns>Not readable also where the answer is an error: see <see cref="LooseJson.AbsenceOf"/>.</returns>
    public static PolicyDocument Of(JsonElement answer) => answer.AbsenceOf() switch
    {
        Absence.None => Read(answer),
        Absence.NotConfigured => new(true, []),
        _ => Malformed,
    };

    /// <summary>The policy as an object, as text within <c>{"Policy":"…"}</c>, or as text.</summary>
    public static PolicyDocument Read(JsonElement json)
    {
        if (json.IsNothing()) { return new(true, []); }

        var policy = json.ValueKind is JsonValueKind.String ? json : json.Unwrap("Policy");
        if (policy.ValueKind is JsonValueKind.String)
        {
            try
            {
                using var inner = JsonDocument.Parse(policy.GetString()!);
                return Read(inner.RootElement.Clone());
            }
            catch (JsonException)
            {
                return Malformed;
            }
        }

        var statements = policy.Find("Statement");
        return statements.ValueKind is JsonValueKind.Object or JsonValueKind.Array && statements.Each().All(s => s.ValueKind is JsonValueKind.Object && s.Find("Effect").AsText() is not null)
            ? new(true, [.. statements.Each().Select(PolicyStatement.Read)])
            : Malformed;
    }
}

/// <summary>One statement of a policy.</summary>
/// <param name="ExceptPrincipals">Whether it names those whom it is not about.</param>
/// <param name="ExceptActions">Whether it names what it is not about.</param>
/// <param name="ExceptResources">Whether it names the resources that it is not about.</param>
internal sealed record PolicyStatement(
    bool Allows, IReadOnlyList<PolicyPrincipal> Principals, bool ExceptPrincipals, IReadOnlyList<string> Actions, bool ExceptActions,
    IReadOnlyList<string> Resources, bool ExceptResources, IReadOnlyList<PolicyCondition> Conditions)
{
    /// <remarks>An effect that is neither is read as the one that opens: a server may be as careless as its policy.</remarks>
    public static PolicyStatement Read(JsonElement json)
    {
        var (principal, except) = Either(json, "Principal", "NotPrincipal");
        var (actions, exceptActions) = Either(json, "Action", "NotAction");
        var (resources, exceptResources) = Either(json, "Resource", "NotResource");
        var named = Texts(resources).ToList();
        return new(
            !string.Equals(json.Find("Effect").AsText(), "Deny", StringComparison.OrdinalIgnoreCase),
            [.. PolicyPrincipal.Read(principal)], except, [.. Texts(actions)], exceptActions,
            resources.ValueKind is JsonValueKind.Undefined ? ["*"] : named, exceptResources, [.. PolicyCondition.Read(json.Find("Condition"))]);
    }

    /// <summary>Whether it is about everybody, or everybody but some.</summary>
    public bool ReachesEverybody(PostureContext context) =>
        ExceptPrincipals || Principals.Any(principal => principal.Kind(context) is PrincipalKind.Everybody);

    /// <summary>Whether it is about this action.</summary>
    public bool Names(string action) => Actions.Any(pattern => IsAbout(pattern, action)) != ExceptActions;

    /// <summary>Whether it is about all actions of S3.</summary>
    public bool NamesAllActions => !ExceptActions && Actions.Any(pattern => Glob.Covers(pattern, "s3:*", ignoreCase: true));

    private static bool IsAbout(string pattern, string action) =>
        Glob.HasWildcard(pattern) ? pattern is "*" or "s3:*" || Glob.Covers(pattern, action, ignoreCase: true) : pattern.Equals(action, StringComparison.OrdinalIgnoreCase);

    private static (JsonElement Value, bool Except) Either(JsonElement json, string name, string except) =>
        json.Find(name) is { ValueKind: not JsonValueKind.Undefined } value ? (value, false) : json.Find(except) is { ValueKind: not JsonValueKind.Undefined } other ? (other, true) : (default, false);

    private static IEnumerable<string> Texts(JsonElement json) => json.Each().Select(value => value.AsText()).OfType<string>();
}
