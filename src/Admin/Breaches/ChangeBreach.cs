using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Breaches;

/// <summary>What a change of a breach's record came to.</summary>
internal abstract record BreachOutcome
{
    private BreachOutcome() { }
    internal sealed record Done : BreachOutcome;
    internal sealed record NotFound : BreachOutcome;

    /// <summary>Somebody else was faster.</summary>
    internal sealed record Changed : BreachOutcome;

    internal sealed record Refused(string Why) : BreachOutcome;
}

/// <summary>Changes of a breach's record: each in the audit trail, none of a record that is closed.</summary>
internal sealed class ChangeBreach(CatalogueDb catalogue, TimeProvider clock)
{
    /// <param name="change">Makes it; why not, in words, or null.</param>
    public async Task<BreachOutcome> RunAsync(Guid id, string account, string action, Func<Breach, DateTimeOffset, string?> change, Func<Breach, string?> detail, CancellationToken cancellation)
    {
        var breach = await catalogue.Breaches.SingleOrDefaultAsync(b => b.Id == id, cancellation);
        if (breach is null) { return new BreachOutcome.NotFound(); }
        if (breach.State is BreachState.Closed) { return new BreachOutcome.Refused($"The record was closed by {breach.ClosedBy}: nothing is added to it any more."); }
        if (change(breach, clock.GetUtcNow()) is { } why) { return new BreachOutcome.Refused(why); }

        try
        {
            await catalogue.RecordAsync(clock, account, action, null, AuditOutcome.Allowed, AuditText.Of($"{breach.Location}: {breach.Id}{(detail(breach) is { } more ? $", {more}" : "")}"), cancellation);
            return new BreachOutcome.Done();
        }
        catch (DbUpdateConcurrencyException)
        {
            return new BreachOutcome.Changed();
        }
    }
}
