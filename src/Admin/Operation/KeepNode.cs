using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Locations;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Admin.Operation;

/// <summary>Says in the catalogue that this process works on it, as long as it does; and refuses to beside others that have other keys, or another folder of recordings.</summary>
/// <remarks>With other keys it could open nothing of what they sealed. With another folder it would find nothing of what is to be deleted, and certify that it is gone.</remarks>
internal sealed partial class KeepNode(
    IDbContextFactory<CatalogueDb> catalogues, ThisNode node, ServerRoles roles, ServerKeys keys, NamedKeys named, DataFolder folder, IOptions<LocationOptions> location, TimeProvider clock, ILogger<KeepNode> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>So long after they were last heard of, those that vanished are forgotten.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await BeatAsync(cancellationToken);
        if (await RefusalAsync(cancellationToken) is { } refusal)
        {
            await LeaveAsync(cancellationToken);
            throw new StartRefusedException(refusal);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Says that this process is there.</summary>
    public async Task BeatAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        if (await catalogue.ServerNodes.Where(one => one.Id == node.Id).ExecuteUpdateAsync(one => one.SetProperty(n => n.SeenAt, now), cancellation) > 0) { return; }

        var old = now - Memory;
        await catalogue.ServerNodes.Where(one => one.SeenAt < old).ExecuteDeleteAsync(cancellation);
        catalogue.ServerNodes.Add(new()
        {
            Id = node.Id, Name = node.Name, Web = roles.Web, Jobs = roles.Jobs, StartedAt = node.StartedAt, SeenAt = now, Keys = $"{keys.Signing.Public.Thumbprint} {IdentityOf(named.OfMain().Kek.Current())}",
            Folder = location.Value.Kind == LocationOptions.Folder ? $"{Environment.MachineName}:{folder.Root}" : null,
        });
        await catalogue.SaveChangesAsync(cancellation);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await LeaveAsync(cancellationToken);
        }
        catch (Exception failed) // the server stops all the same; the others miss it a little later
        {
            LogNotKept(failed);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await BeatAsync(stoppingToken);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotKept(failed);
            }
        }
    }

    private async Task<string?> RefusalAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var alive = clock.GetUtcNow() - ServerNode.Patience;
        var all = await catalogue.ServerNodes.AsNoTracking().Where(one => one.SeenAt >= alive).ToListAsync(cancellation);
        var mine = all.Single(one => one.Id == node.Id);
        return all.Find(one => one.Keys != mine.Keys) is { } other
            ? $"The keys in '{folder.Keys}', or the one that Location:Key names, are not those of {other.Name}, which works on this database. Give all servers of a database the same folder keys; if that one is gone for good, wait {ServerNode.Patience.TotalSeconds:0} s."
            : all.Find(one => one.Folder != mine.Folder) is { } elsewhere
                ? $"Recordings of {elsewhere.Name} go into {elsewhere.Folder ?? "a bucket"}, and those of this server into {mine.Folder ?? "a bucket"}. Servers of a database share one place: a bucket, or on one machine one folder (Location:Kind, DataDirectory)."
                : null;
    }

    /// <summary>The same on all servers, also while one of them has not noticed a rotation yet.</summary>
    private static string IdentityOf(IKeyWrapper kek) => kek.IsLocal() ? kek.Id : Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(kek.Id)));

    private async Task LeaveAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        await catalogue.ServerNodes.Where(one => one.Id == node.Id).ExecuteDeleteAsync(cancellation);
    }

    [LoggerMessage(2016, LogLevel.Warning, "It could not be said in the catalogue whether this server works")]
    private partial void LogNotKept(Exception failed);
}
