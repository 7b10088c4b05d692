using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A run of a scheduled job. Of those that had nothing to do only the last one of each job is kept.</summary>
public sealed class JobRun
{
    public const int TextLimit = 400;

    public required Guid Id { get; init; }
    [MaxLength(64)] public required string Job { get; init; }
    public required JobOutcome Outcome { get; set; }

    /// <summary>Whether somebody asked for it, beside the schedule.</summary>
    public bool Asked { get; init; }

    /// <summary>When it began; as long as it waits, when it was asked for.</summary>
    public required DateTimeOffset BeganAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The process that ran it; null: none has begun it yet.</summary>
    [MaxLength(ServerNode.NameLimit)] public string? Node { get; set; }

    /// <summary>What it did, with counts, in words.</summary>
    [MaxLength(TextLimit)] public string? Did { get; set; }

    /// <summary>Why it failed, in words.</summary>
    [MaxLength(TextLimit)] public string? Failure { get; set; }

    /// <summary>How many of <see cref="Total"/> are done.</summary>
    public int Done { get; set; }

    /// <summary>0: it does not say.</summary>
    public int Total { get; set; }
}

/// <summary>Where a run stands, or what came of it.</summary>
public enum JobOutcome
{
    /// <summary>Somebody asked for it; the next process that is free runs it.</summary>
    Waiting,

    Running,

    /// <summary>It did something.</summary>
    Done,

    /// <summary>There was nothing to do.</summary>
    Nothing,

    /// <summary>It did not do all that it should, and is tried again by the schedule.</summary>
    Failed,

    /// <summary>Its process was told to stop; the next run goes on.</summary>
    Stopped,
}
