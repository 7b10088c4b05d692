using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Something that a look found wrong, from when it was first seen until it was gone.</summary>
/// <remarks>Open, there is at most one of the same source, location, rule and subject.</remarks>
public sealed class KeptFinding
{
    /// <summary>Characters of <see cref="Subject"/>: a bucket and the longest name of an object in it.</summary>
    public const int SubjectLimit = 1100;

    /// <summary>Characters of <see cref="Why"/> and <see cref="Detail"/>.</summary>
    public const int TextLimit = 400;

    /// <summary>Characters of <see cref="Mend"/>.</summary>
    public const int MendLimit = 2000;

    public required Guid Id { get; init; }

    /// <summary>What looked: <c>posture</c>, <c>reach</c>, <c>alerts</c> and so on.</summary>
    [MaxLength(32)] public required string Source { get; init; }

    /// <summary>Name of the location; see <see cref="LocationName"/>.</summary>
    [MaxLength(64)] public required string Location { get; init; }

    [MaxLength(64)] public required string Rule { get; init; }

    public required FindingSeverity Severity { get; set; }

    /// <summary>What it is about: a bucket, an object, a session's id.</summary>
    [MaxLength(SubjectLimit)] public required string Subject { get; init; }

    /// <summary>What the rule says of every such thing: names nothing and nobody.</summary>
    [MaxLength(TextLimit)] public required string Why { get; set; }

    /// <summary>Where it was seen.</summary>
    [MaxLength(TextLimit)] public required string Detail { get; set; }

    /// <summary>The command, or what to do where no command does it.</summary>
    [MaxLength(MendLimit)] public required string Mend { get; set; }

    public required DateTimeOffset FirstSeenAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When it was looked for and not there any more; null: it is open.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    Low,
    Medium,

    /// <summary>Somebody is told.</summary>
    High,

    /// <summary>New recordings stop.</summary>
    Critical,
}

/// <summary>Names of locations that have none of their own.</summary>
public static class LocationName
{
    /// <summary>The one that there is where nobody named any.</summary>
    public const string Main = "main";

    /// <summary>What is about no location, but about the server.</summary>
    public const string Server = "server";
}

/// <summary>The last look at a location: what is shown of it after a restart, with its age.</summary>
public sealed class KeptLook
{
    [MaxLength(64)] public required string Location { get; init; }

    public DateTimeOffset At { get; set; }

    /// <summary>What the bucket runs on, as far as it tells; null: it never answered.</summary>
    [MaxLength(32)] public string? Server { get; set; }

    /// <summary>Whether strangers were let in, or would be; null: it could not be told.</summary>
    public bool? Public { get; set; }

    /// <summary>Why it could not be looked at; null: it was.</summary>
    [MaxLength(KeptFinding.TextLimit)] public string? Failure { get; set; }

    /// <summary>The last look that found it private.</summary>
    public DateTimeOffset? PrivateAt { get; set; }
}
