using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>Before the first request: the organization's policy comes from the configuration (<c>Notice:RetentionDays</c>, <c>Chat:Keep</c>) until an org admin saves a version; from then on the saved versions win. What teams had chosen for their chats becomes a policy of theirs.</summary>
internal sealed class SeedPolicies(IServiceScopeFactory scopes, IOptions<NoticeOptions> notice, IOptions<ChatOptions> chat, TimeProvider clock) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (catalogue, accounts) = (scope.ServiceProvider.GetRequiredService<CatalogueDb>(), scope.ServiceProvider.GetRequiredService<AccountsDb>());
        var newest = await catalogue.NewestPolicyAsync(RetentionPolicy.Organization, cancellationToken);
        if (newest is null || (newest.By == AuditActor.Server && Configured(chat.Value.Keep).Any(rule => !rule.SaysTheSameAs(newest.Of(rule.Part)))))
        {
            await SaveAsync(catalogue, RetentionPolicy.Organization, (newest?.Version ?? 0) + 1, chat.Value.Keep, "From the configuration", cancellationToken);
        }

        foreach (var team in await accounts.Teams.Where(team => team.Chat != null).ToListAsync(cancellationToken))
        {
            if (await catalogue.NewestPolicyAsync(team.Id, cancellationToken) is null) { await SaveAsync(catalogue, team.Id, 1, team.Chat!.Value, "What the team had chosen for its chats", cancellationToken); }
            team.Chat = null;
            await accounts.SaveChangesAsync(cancellationToken); // once its policy is saved: killed in between, it is done again
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task SaveAsync(CatalogueDb catalogue, int team, int version, ChatKeeping keep, string why, CancellationToken cancellation)
    {
        catalogue.RetentionPolicies.Add(new() { Team = team, Version = version, At = clock.GetUtcNow(), By = AuditActor.Server, Why = why, Rules = [.. Configured(keep)] });
        catalogue.Record(clock, AuditActor.Server, "retention.policy", null, AuditOutcome.Allowed, $"{(team == RetentionPolicy.Organization ? TeamPolicy.OrganizationName : $"Team {team}")} version {version}: {why}");
        try
        {
            await catalogue.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException) when (!cancellation.IsCancellationRequested)
        {
            catalogue.ChangeTracker.Clear();
            if (await catalogue.NewestPolicyAsync(team, cancellation) is not { } other || other.Version < version) { throw; } // else another server, starting at the same time, was faster
        }
    }

    private IEnumerable<RetentionRule> Configured(ChatKeeping keep)
    {
        var days = notice.Value.RetentionDays;
        yield return new() { Part = RetentionPart.Screen, Keep = RetentionKind.Days, Days = days };
        yield return keep switch
        {
            ChatKeeping.Recording => new() { Part = RetentionPart.Chat, Keep = RetentionKind.Days, Days = days },
            ChatKeeping.Session => new() { Part = RetentionPart.Chat, Keep = RetentionKind.Session },
            _ => new() { Part = RetentionPart.Chat, Keep = RetentionKind.None },
        };
        yield return new() { Part = RetentionPart.Events, Keep = RetentionKind.Days, Days = days };
    }
}
