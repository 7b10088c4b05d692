using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Breaches;

/// <summary>Closes the record: only of a bucket that is private again, only once it is assessed, and where there is a risk only once the authority was notified.</summary>
internal sealed class CloseBreach(ChangeBreach change)
{
    public Task<BreachOutcome> RunAsync(Guid id, string account, CancellationToken cancellation) => change.RunAsync(id, account, "breach.closed", (breach, now) =>
    {
        if (RefusalOf(breach) is { } why) { return why; }

        (breach.State, breach.ClosedBy, breach.ClosedAt) = (BreachState.Closed, account, now);
        return null;
    }, breach => $"risk: {(breach.Risk is true ? "yes" : "no")}", cancellation);

    /// <summary>Why it cannot be closed yet; null: it can.</summary>
    internal static string? RefusalOf(Breach breach) =>
        breach.EndedAt is null ? "The bucket was still public at the last look. Close it, check it on the page Storage, then close the record."
        : breach.Risk is null ? "Nobody has assessed it: say first whether persons are at risk, and why."
        : breach is { Risk: true, NotifiedAt: null } ? "There is a risk, and the authority was not notified: notify it, and say when (GDPR, Article 33)."
        : null;
}
