using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>Makes a new version of a policy: new sessions go by it, and no recording that there is already.</summary>
internal sealed class SavePolicy(CatalogueDb catalogue, ReadPolicies policies, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(TeamPolicy policy, PolicyForm form, string account, CancellationToken cancellation)
    {
        var outcome = await CheckAsync(policy, form, account, cancellation);
        if (outcome is not Outcome.Good good)
        {
            if (outcome is Outcome.Refused refused) { await catalogue.RecordAsync(clock, account, "retention.policy", null, AuditOutcome.Refused, Short($"{policy.Name}: {refused.Reasons[0]}"), cancellation); }
            return outcome;
        }

        catalogue.RetentionPolicies.Add(good.Version);
        catalogue.Record(clock, account, "retention.policy", null, AuditOutcome.Allowed, Short($"{policy.Name} version {good.Version.Version}: {Said(good.Version)}. {good.Version.Why}"));
        try
        {
            await catalogue.SaveChangesAsync(cancellation);
            return good;
        }
        catch (DbUpdateException) when (!cancellation.IsCancellationRequested)
        {
            catalogue.ChangeTracker.Clear();
            if (await catalogue.NewestPolicyAsync(policy.Team, cancellation) is { } newest && newest.Version >= good.Version.Version) { return new Outcome.SomebodyWasFaster(newest.Version); }

            throw;
        }
    }

    /// <summary>The version that would be saved, or why it would not.</summary>
    public async Task<Outcome> CheckAsync(TeamPolicy policy, PolicyForm form, string account, CancellationToken cancellation)
    {
        var version = (policy.Newest?.Version ?? 0) + 1;
        if (form.Version != $"{version}") { return new Outcome.SomebodyWasFaster(version - 1); }

        var (now, why) = (clock.GetUtcNow(), form.Why?.Trim() ?? "");
        List<string> refusals = [];
        if (why.Length is 0 or > RetentionPolicy.ReasonLimit || why.Any(char.IsControl)) { refusals.Add($"Say why, in 1 to {RetentionPolicy.ReasonLimit} characters on one line; this has {why.Length}."); }

        var follows = form.Follows && !policy.IsOrganization;
        var rules = follows ? [] : Rules(form, policy, now, refusals);
        if (refusals.Count == 0 && policy.IsOrganization) { refusals.AddRange(await TeamsOutsideAsync(rules, cancellation)); }
        if (refusals.Count == 0 && IsTheSame(policy, follows, rules)) { refusals.Add("Nothing was changed: this is what the policy says already."); }
        return refusals.Count > 0 ? new Outcome.Refused(refusals)
            : new Outcome.Good(new() { Team = policy.Team, Version = version, At = now, By = account, Why = why, FollowsOrganization = follows, Rules = [.. rules] });
    }

    private static IReadOnlyList<RetentionRule> Rules(PolicyForm form, TeamPolicy policy, DateTimeOffset now, List<string> refusals)
    {
        var read = PolicyRules.Read(form, policy.IsOrganization ? null : policy.OfOrganization, DateOnly.FromDateTime(now.UtcDateTime));
        refusals.AddRange(read.Problems);
        return read.Rules;
    }

    /// <summary>Teams of their own whose rules would be outside the organization's new limits: they are changed first.</summary>
    private async Task<IReadOnlyList<string>> TeamsOutsideAsync(IReadOnlyList<RetentionRule> rules, CancellationToken cancellation) =>
        [.. (await policies.AllAsync(cancellation)).Where(team => team is { IsOrganization: false, Follows: false })
            .SelectMany(team => rules.SelectMany(rule => PolicyRules.OutsideOf(rule, team.Newest!.Of(rule.Part), team.Name)))
            .Select(problem => $"{problem} Change the team's policy first.")];

    private static bool IsTheSame(TeamPolicy policy, bool follows, IReadOnlyList<RetentionRule> rules) =>
        policy.IsOrganization || !policy.Follows ? !follows && rules.All(rule => rule.SaysTheSameAs(policy.Newest!.Of(rule.Part))) : follows;

    private static string Said(RetentionPolicy version) => version.FollowsOrganization ? "as the organization"
        : string.Join(", ", version.Rules.OrderBy(rule => rule.Part).Select(rule => $"{RetentionWords.Of(rule.Part).ToLowerInvariant()} {(rule.Keep is RetentionKind.Days ? RetentionWords.Days(rule.Days!.Value) : rule.Keep.ToString().ToLowerInvariant())}"));

    private static string Short(string detail) => detail.Length <= 400 ? detail : detail[..400];

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Good(RetentionPolicy Version) : Outcome;
        internal sealed record Refused(IReadOnlyList<string> Reasons) : Outcome;

        /// <param name="Newest">The version that there is.</param>
        internal sealed record SomebodyWasFaster(int Newest) : Outcome
        {
            public string Reason => $"Version {Newest} is the newest one now. Nothing was saved: look at it first, then change what is still to be changed.";
        }
    }
}
