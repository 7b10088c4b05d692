using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A version of a policy that an admin has applied to the recordings that there are already: a job goes through them.</summary>
public sealed class PolicyReapplication
{
    public required Guid Id { get; init; }

    /// <summary><see cref="RetentionPolicy.Id"/>.</summary>
    public required int Policy { get; init; }

    /// <summary>Of the policy.</summary>
    public required int Team { get; init; }

    [MaxLength(64)] public required string By { get; init; }
    public required DateTimeOffset At { get; init; }
    public ReapplyState State { get; set; } = ReapplyState.Waiting;

    /// <summary>The last session that was looked at; null: none yet. They are taken in the order of their ids.</summary>
    public Guid? After { get; set; }

    /// <summary>Sessions that there were to look at when it was asked for.</summary>
    public required long Sessions { get; init; }

    /// <summary>Sessions looked at so far.</summary>
    public long LookedAt { get; set; }

    /// <summary>Sessions of which something goes earlier now.</summary>
    public long Shortened { get; set; }

    /// <summary>Sessions of which something is kept longer now, up to the date that their notice showed.</summary>
    public long Lengthened { get; set; }

    /// <summary>Sessions of which something would be kept longer than their notice showed, and is not.</summary>
    public long Promised { get; set; }

    /// <summary>Sessions of which something would go before the least number of days of their version, and does not.</summary>
    public long AtMinimum { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>How far it is.</summary>
public enum ReapplyState
{
    Waiting,
    Running,
    Done,

    /// <summary>A later version of the policy came before it was through: what it had not looked at stays as it was.</summary>
    Overtaken,
}
