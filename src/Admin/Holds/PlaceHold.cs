using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>Places a legal hold: from the moment it is saved nothing that it covers is begun to be deleted, and a purge that is running stops at its next step.</summary>
internal sealed class PlaceHold(CatalogueDb catalogue, AccountsDb accounts, TimeProvider clock)
{
    /// <param name="actor">An org admin.</param>
    public async Task<Outcome> RunAsync(string actor, HoldForm form, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var errors = form.Errors(now).ToList();
        var teams = await accounts.Teams.AsNoTracking().ToDictionaryAsync(team => team.Id, team => team.Name, cancellation);
        if (form.NamesSession && !await IsThereAsync(form.Session, cancellation)) { errors.Add("There is no session of that address of which anything is stored."); }
        if (!string.IsNullOrWhiteSpace(form.Team) && !(form.TeamNumber is { } number && teams.ContainsKey(number))) { errors.Add("There is no such team."); }
        if (!string.IsNullOrWhiteSpace(form.Label) && !await catalogue.Labels.AnyAsync(label => label.Name == form.Label, cancellation)) { errors.Add("There is no such label."); }
        if (!await accounts.Users.AnyAsync(account => account.UserName == form.Owner && account.DisabledAt == null, cancellation)) { errors.Add("Choose who answers for it: somebody with an account that works."); }
        if (errors.Count > 0) { return new Outcome.Invalid(errors); }

        var hold = new LegalHold
        {
            Id = Guid.CreateVersion7(now),
            Session = form.NamesSession ? form.Session : null,
            Team = form.TeamNumber,
            Label = string.IsNullOrWhiteSpace(form.Label) ? null : form.Label,
            From = form.FromTime,
            Until = form.UntilTime,
            Reason = form.Reason!.Trim(),
            Owner = form.Owner!,
            ReviewAt = form.ReviewAt!.Value,
            PlacedBy = actor,
            PlacedAt = now,
        };
        catalogue.Holds.Add(hold);
        catalogue.Record(clock, actor, "hold.placed", hold.Session, AuditOutcome.Allowed, AuditText.Of($"{hold.Id}: {HoldText.Scope(hold, teams)}; owner {hold.Owner}, review {hold.ReviewAt:yyyy-MM-dd}"));
        await catalogue.SaveChangesAsync(cancellation);
        return new Outcome.Placed(hold.Id);
    }

    private Task<bool> IsThereAsync(Guid? session, CancellationToken cancellation) =>
        catalogue.Sessions.AnyAsync(s => s.Id == session && s.State != SessionState.Purged && s.State != SessionState.Declined && s.State != SessionState.Expired, cancellation);

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Placed(Guid Hold) : Outcome;
        internal sealed record Invalid(IReadOnlyList<string> Reasons) : Outcome;
    }
}
