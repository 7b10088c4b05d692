namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>How a part of the server is. What could not be found out is never fine.</summary>
public enum PartState
{
    Fine,

    /// <summary>Nothing to judge.</summary>
    Off,

    /// <summary>It works, and will not for ever.</summary>
    Warning,

    /// <summary>It does not work, or nobody knows.</summary>
    Broken,
}

/// <summary>A part as an operator sees it: figures and names of machines, and nobody's.</summary>
/// <param name="Words">One sentence.</param>
/// <param name="Facts">What was found, name and value.</param>
public sealed record PartHealth(string Name, PartState State, string Words, IReadOnlyList<KeyValuePair<string, string>> Facts)
{
    internal static PartHealth Of(string name, PartState state, string words, params (string Name, string Value)[] facts) =>
        new(name, state, words, [.. facts.Select(fact => KeyValuePair.Create(fact.Name, fact.Value))]);
}

/// <summary>Something that the server needs, and that an operator looks after.</summary>
internal interface IServerPart
{
    string Name { get; }

    Task<PartHealth> LookAsync(CancellationToken cancellation);
}
