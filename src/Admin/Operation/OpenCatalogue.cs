using Npgsql;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation;

/// <summary>Opens keys and databases, and brings the databases up to date, before the first request.</summary>
internal sealed class OpenCatalogue(IServiceScopeFactory scopes, ServerKeys keys) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = keys; // opened by now: a key that is open to others stops the start
        await using var scope = scopes.CreateAsyncScope();
        var catalogue = scope.ServiceProvider.GetRequiredService<CatalogueDb>();
        try
        {
            await catalogue.BringUpToDateAsync(cancellationToken);
            await ChainEarlierRows.RunAsync(catalogue, cancellationToken);
            await scope.ServiceProvider.GetRequiredService<AccountsDb>().BringUpToDateAsync(cancellationToken);
        }
        catch (NpgsqlException refused) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartRefusedException($"The database (Catalogue:ConnectionString) cannot be used: {refused.Message}", refused);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
