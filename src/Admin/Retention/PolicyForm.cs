using System.Globalization;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>What the editor's form sends, and what the preview hands on.</summary>
public sealed class PolicyForm
{
    /// <summary>The number that the new version would have: who saves has seen the one before.</summary>
    public string? Version { get; set; }

    public string? Why { get; set; }

    /// <summary>Whether the team goes by the organization's policy.</summary>
    public bool Follows { get; set; }

    public RuleForm? Screen { get; set; }
    public RuleForm? Chat { get; set; }
    public RuleForm? Events { get; set; }

    /// <summary>Where the page of the preview's list before ended.</summary>
    public string? After { get; set; }

    /// <summary>What was typed for a part; a form that says nothing of it has nothing typed.</summary>
    public RuleForm Of(RetentionPart part) => part switch { RetentionPart.Screen => Screen, RetentionPart.Chat => Chat, _ => Events } ?? new();

    /// <summary>The form as the policy stands.</summary>
    public static PolicyForm Of(TeamPolicy policy) => new()
    {
        Version = $"{(policy.Newest?.Version ?? 0) + 1}",
        Follows = policy is { IsOrganization: false, Follows: true },
        Screen = RuleForm.Of(policy.InForce.Of(RetentionPart.Screen), policy.IsOrganization),
        Chat = RuleForm.Of(policy.InForce.Of(RetentionPart.Chat), policy.IsOrganization),
        Events = RuleForm.Of(policy.InForce.Of(RetentionPart.Events), policy.IsOrganization),
    };

    public (Guid Session, string Track)? Place() => ReadPlace(After);

    /// <summary>A place that is none begins the list anew.</summary>
    public static (Guid Session, string Track)? ReadPlace(string? after) => after?.Split('_') is [var session, { Length: > 0 and <= 32 } track] && Guid.TryParse(session, out var id) ? (id, track) : null;

    public static string PlaceOf(MovedTrack last) => $"{last.Session}_{last.Track}";
}

/// <summary>One part of the form, as it was typed.</summary>
public sealed class RuleForm
{
    public const string DayFormat = "yyyy-MM-dd";

    /// <summary>A <see cref="RetentionKind"/>.</summary>
    public string? Keep { get; set; }

    public string? Days { get; set; }
    public string? Minimum { get; set; }
    public string? Maximum { get; set; }
    public string? Basis { get; set; }
    public string? Review { get; set; }

    /// <param name="withMaximum">Teams have none.</param>
    public static RuleForm Of(RetentionRule rule, bool withMaximum) => new()
    {
        Keep = rule.Keep.ToString(),
        Days = $"{rule.Days}",
        Minimum = $"{rule.MinimumDays}",
        Maximum = withMaximum ? $"{rule.MaximumDays}" : "",
        Basis = rule.LegalBasis,
        Review = rule.ReviewOn?.ToString(DayFormat, CultureInfo.InvariantCulture),
    };
}
