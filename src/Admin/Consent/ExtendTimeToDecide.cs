using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>"I need more time": the participant reads on, without anybody being asked.</summary>
internal sealed class ExtendTimeToDecide(CatalogueDb catalogue, WhileDeciding deciding, TimeProvider clock)
{
    /// <summary>The time to decide at first, and what each extension adds.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    /// <summary>How often it can be extended.</summary>
    public const int MostTimes = 3;

    /// <summary>Whether one more extension is left.</summary>
    public static bool IsLeft(Participant participant) => participant.DecideUntil < participant.JoinedAt + (Step * (1 + MostTimes));

    /// <returns>False where none is left, or there is nothing to decide any more.</returns>
    public Task<bool> RunAsync(Guid id, string name, CancellationToken cancellation) => deciding.ChangeAsync(id, name, participant =>
    {
        if (!IsLeft(participant)) { return Task.FromResult(false); }

        participant.DecideUntil += Step;
        catalogue.Record(clock, AuditActor.Participant, "consent.time-extended", id, AuditOutcome.Allowed, name);
        return Task.FromResult(true);
    }, cancellation);
}
