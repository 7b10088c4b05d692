using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A version of the retention policy of the organization or of one team. Rows are only ever added: what a notice showed can be read for ever.</summary>
public sealed class RetentionPolicy
{
    /// <summary><see cref="Team"/> of the policy for sessions of no team, and of teams that have none of their own.</summary>
    public const int Organization = 0;

    /// <summary>Characters of <see cref="Why"/>.</summary>
    public const int ReasonLimit = 300;

    /// <summary>Which version this is, of all of them; sessions remember it.</summary>
    public int Id { get; init; }

    /// <summary>Number of the team, or <see cref="Organization"/>.</summary>
    public required int Team { get; init; }

    /// <summary>Counts the versions of this team, from 1.</summary>
    public required int Version { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>An account, or <c>server</c> for versions that come from the configuration.</summary>
    [MaxLength(64)] public required string By { get; init; }

    /// <summary>Why it was changed, in words.</summary>
    [MaxLength(ReasonLimit)] public required string Why { get; init; }

    /// <summary>Whether the team goes by the organization's policy again; then it has no rules.</summary>
    public bool FollowsOrganization { get; init; }

    /// <summary>One for each <see cref="RetentionPart"/>.</summary>
    public ICollection<RetentionRule> Rules { get; init; } = new List<RetentionRule>();

    /// <summary>The rule of a part.</summary>
    /// <exception cref="InvalidOperationException">It has no rules, or they were not read.</exception>
    public RetentionRule Of(RetentionPart part) => Rules.First(rule => rule.Part == part);
}

/// <summary>What of a session can be kept for a time of its own. The consent track is kept as long as the longest of them.</summary>
public enum RetentionPart
{
    /// <summary>The tracks <c>video</c> and <c>thumbnails</c>.</summary>
    Screen,

    Chat,
    Events,
}

/// <summary>How something is kept.</summary>
public enum RetentionKind
{
    /// <summary>Never stored.</summary>
    None,

    /// <summary>Gone when the session ends.</summary>
    Session,

    Days,

    /// <summary>Without a date: only for a reason in words, looked at again on a day.</summary>
    Indefinite,
}

/// <summary>How one part is kept.</summary>
public sealed class RetentionRule
{
    /// <summary>The longest that anything can be kept by days.</summary>
    public const int LongestDays = 3650;

    /// <summary>Characters of <see cref="LegalBasis"/>.</summary>
    public const int BasisLimit = 200;

    /// <summary><see cref="RetentionPolicy.Id"/>.</summary>
    public int Policy { get; init; }

    public required RetentionPart Part { get; init; }
    public required RetentionKind Keep { get; init; }

    /// <summary>Days after the one on which the notice was shown: 1 to <see cref="LongestDays"/>; null: not <see cref="RetentionKind.Days"/>.</summary>
    public int? Days { get; init; }

    /// <summary>Days that nobody but the recorded person cuts short, whatever later versions say; in the organization's policy also the least that a team may choose. Null: none.</summary>
    public int? MinimumDays { get; init; }

    /// <summary>In the organization's policy the most that a team may choose; null: no such limit. Teams have none.</summary>
    public int? MaximumDays { get; init; }

    /// <summary>Why it is kept without a date, as the notice says it.</summary>
    [MaxLength(BasisLimit)] public string? LegalBasis { get; init; }

    /// <summary>The day (UTC) on which somebody looks whether it is still needed.</summary>
    public DateOnly? ReviewOn { get; init; }

    /// <summary>Whether it says the same of how long something is kept, and of its limits.</summary>
    public bool SaysTheSameAs(RetentionRule other) =>
        (Part, Keep, Days, MinimumDays, MaximumDays, LegalBasis, ReviewOn) == (other.Part, other.Keep, other.Days, other.MinimumDays, other.MaximumDays, other.LegalBasis, other.ReviewOn);
}
