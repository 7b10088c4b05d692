using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>What an organization has removed from messages beyond the built-in kinds. Section <c>Chat:Redaction</c>; with a pattern that cannot be used the server does not start.</summary>
internal sealed class RedactionOptions : IValidatableObject
{
    public const string Section = "Chat:Redaction";

    private const int MostPatterns = 50;
    private const int LongestName = 40;
    private const int LongestPattern = 500;

    /// <summary>0 to 50, default none.</summary>
    public IReadOnlyList<RedactionPattern> Patterns { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Patterns.Count > MostPatterns) { yield return new($"{Section}:Patterns has {Patterns.Count} patterns; it may have {MostPatterns}.", [nameof(Patterns)]); }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, pattern) in Patterns.Take(MostPatterns).Index())
        {
            var key = $"{Section}:Patterns:{index}";
            if (RefusalOfName(pattern.Name) is { } badName) { yield return new($"{key}:Name {badName}", [nameof(Patterns)]); }
            else if (!names.Add(pattern.Name)) { yield return new($"{key}:Name is '{pattern.Name}', as of a pattern before it: each must be named differently.", [nameof(Patterns)]); }

            if (RefusalOf(pattern.Pattern) is { } refusal) { yield return new($"{key}:Pattern ('{pattern.Name}') {refusal}", [nameof(Patterns)]); }
        }
    }

    private static string? RefusalOfName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName) { return $"has {name.Length} characters; it must have 1 to {LongestName}."; }
        return name.Any(unit => char.IsControl(unit) || char.IsSurrogate(unit) || unit is '[' or ']') ? "must have neither brackets nor control characters nor emoji." : null;
    }

    private static string? RefusalOf(string pattern) => pattern.Length is 0 or > LongestPattern
        ? $"has {pattern.Length} characters; it must have 1 to {LongestPattern}."
        : AdminPattern.RefusalOf(pattern);
}

/// <summary>One pattern of an organization's own, such as its customer numbers.</summary>
internal sealed class RedactionPattern
{
    /// <summary>What the marker says is removed: 1 to 40 characters, unlike any other's.</summary>
    public string Name { get; init; } = "";

    /// <summary>1 to 500 characters of a .NET regular expression that matches in linear time: without back references, look-around and atomic groups. Case counts, unless it begins with <c>(?i)</c>.</summary>
    public string Pattern { get; init; } = "";
}

[OptionsValidator]
internal sealed partial class RedactionOptionsValidator : IValidateOptions<RedactionOptions>;
