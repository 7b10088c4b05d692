using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>Gives an account or a team the right to watch. Org admins give any, leads those to their own teams' sessions, to members of that team; nobody gives one to themselves. Refusals are audited too.</summary>
internal sealed class GrantEntitlement(CatalogueDb catalogue, AccountsDb accounts, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(Viewer actor, EntitlementForm form, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var errors = form.Errors(now).ToList();
        var subject = await SubjectAsync(form, cancellation);
        var scope = await ScopeAsync(actor, form, cancellation);
        if (subject is null) { errors.Add("Choose who may watch: somebody with an account that works, or a team."); }
        if (scope is null) { errors.Add("Choose what may be watched: a team's sessions, a label's, or one session, by its address."); }
        if (errors.Count > 0) { return new Outcome.Invalid(errors); }

        var what = $"{subject!.Words}: {EntitlementWords.Tracks(form.Video, form.Chat)} of {scope!.Words}, until {form.ExpiresAt:yyyy-MM-dd}";
        if (Refusal(actor, subject, scope) is { } refusal)
        {
            await catalogue.RecordAsync(clock, actor.UserName, "entitlement.granted", scope.Session, AuditOutcome.Refused, AuditText.Of($"{what}. {refusal}"), cancellation);
            return new Outcome.Invalid([refusal]);
        }

        catalogue.Entitlements.Add(new()
        {
            Id = Guid.CreateVersion7(now),
            Account = subject.UserName,
            Team = subject.Team,
            Scope = scope.Kind,
            ScopeTeam = scope.Kind is EntitlementScope.Team ? scope.Team : null,
            ScopeLabel = scope.Label,
            ScopeSession = scope.Session,
            Video = form.Video,
            Chat = form.Chat,
            ExpiresAt = form.ExpiresAt,
            GrantedBy = actor.UserName,
            GrantedAt = now,
            Reason = form.Reason!.Trim(),
        });
        catalogue.Record(clock, actor.UserName, "entitlement.granted", scope.Session, AuditOutcome.Allowed, AuditText.Of($"{what}. {form.Reason.Trim()}"));
        await catalogue.SaveChangesAsync(cancellation);
        return new Outcome.Granted();
    }

    private static string? Refusal(Viewer actor, Subject subject, Scope scope) => true switch
    {
        _ when !actor.DecidesFor(scope.Team) => "You lead no team whose sessions these are. Ask an org admin.",
        _ when subject.People.Contains(actor.UserName, StringComparer.Ordinal) => subject.Team is null
            ? "Nobody gives themselves the right to watch. Ask another org admin, or a lead of the team."
            : "You are in that team: nobody gives themselves the right to watch. Ask another org admin.",
        _ when !actor.IsAdmin && subject.Team is not null => "A lead gives rights to single members. Ask an org admin for a right of a whole team.",
        _ when !actor.IsAdmin && !subject.Teams.Contains(scope.Team!.Value) => $"{subject.UserName} is not in that team. Ask an org admin.",
        _ => null,
    };

    private async Task<Subject?> SubjectAsync(EntitlementForm form, CancellationToken cancellation)
    {
        if (form.SubjectTeam is { } number)
        {
            var team = await accounts.Teams.AsNoTracking().SingleOrDefaultAsync(t => t.Id == number, cancellation);
            var people = await (from member in accounts.TeamMembers join account in accounts.Users on member.Account equals account.Id where member.Team == number select account.UserName!).ToListAsync(cancellation);
            return team is null ? null : new(null, number, $"members of {team.Name}", people, []);
        }

        var found = await accounts.Users.AsNoTracking().SingleOrDefaultAsync(account => account.UserName == form.SubjectAccount && account.DisabledAt == null, cancellation);
        return found is null ? null : new(found.UserName, null, found.UserName!, [found.UserName!], await accounts.TeamMembers.Where(m => m.Account == found.Id).Select(m => m.Team).ToListAsync(cancellation));
    }

    private async Task<Scope?> ScopeAsync(Viewer actor, EntitlementForm form, CancellationToken cancellation)
    {
        switch (form.Scope)
        {
            case EntitlementScope.Team:
                var team = await accounts.Teams.AsNoTracking().SingleOrDefaultAsync(t => t.Id == form.ScopeTeam, cancellation);
                return team is null ? null : new(EntitlementScope.Team, team.Id, null, null, $"the sessions of {team.Name}");
            case EntitlementScope.Label:
                var label = await catalogue.Labels.AsNoTracking().SingleOrDefaultAsync(l => l.Name == form.ScopeLabel, cancellation);
                return label is null ? null : new(EntitlementScope.Label, null, label.Name, null, $"the sessions labelled {label.Name}");
            case EntitlementScope.Session when form.Session is { } id:
                var session = await catalogue.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellation);
                return session is null || !actor.DecidesFor(session.Team) ? null : new(EntitlementScope.Session, session.Team, null, id, "one session"); // a lead does not learn what other teams have
            default:
                return null;
        }
    }

    /// <param name="People">User names of everybody whom it is for.</param>
    /// <param name="Teams">The teams of the one account.</param>
    private sealed record Subject(string? UserName, int? Team, string Words, IReadOnlyList<string> People, IReadOnlyList<int> Teams);

    /// <param name="Team">Whose sessions they are; null: of no team, or of all.</param>
    private sealed record Scope(EntitlementScope Kind, int? Team, string? Label, Guid? Session, string Words);

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Granted : Outcome;
        internal sealed record Invalid(IReadOnlyList<string> Reasons) : Outcome;
    }
}
