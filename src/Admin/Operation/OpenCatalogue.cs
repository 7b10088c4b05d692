using Microsoft.Extensions.Options;
using Npgsql;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation;

/// <summary>Opens keys and databases, and brings the databases up to date, before the first request.</summary>
internal sealed class OpenCatalogue(IServiceScopeFactory scopes, ServerKeys keys, IOptions<CatalogueOptions> options) : IHostedService
{
    /// <summary>The number of the lock under which one server after the other brings a PostgreSQL database up to date.</summary>
    private const long Number = SoleServer.Number + 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = keys; // opened by now: a key that is open to others stops the start
        await using var scope = scopes.CreateAsyncScope();
        var catalogue = scope.ServiceProvider.GetRequiredService<CatalogueDb>();
        try
        {
            await using var alone = options.Value.Kind == CatalogueOptions.Postgresql ? await WaitForOthersAsync(cancellationToken) : null;
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

    /// <summary>The lock ends with the connection.</summary>
    private async Task<NpgsqlConnection> WaitForOthersAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.Value.ConnectionString) { Pooling = false, CommandTimeout = (int)Patience.TotalSeconds }.ToString());
        try
        {
            await connection.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_lock({Number})", connection);
            await command.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
