using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SecureRecorder.Admin.Operation;

/// <summary>
/// Holds a PostgreSQL database for this server alone among those that answer people, with a lock of the database's own. Who is there and what is said while a session lives is in one server's memory: each of
/// two would take the other's people for gone, and pause what they record. A file of SQLite is held with a lock on a file beside it.
/// </summary>
internal sealed partial class SoleServer(IOptions<CatalogueOptions> options, DataFolder folder, IHostApplicationLifetime host, TimeProvider clock, ILogger<SoleServer> log) : BackgroundService
{
    /// <summary>The lock's number. It is one for each database.</summary>
    public const long Number = 0x5EC_0DE_2EC;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection that broke may still have the lock: it is ended first.</summary>
    private static readonly TimeSpan OwnLimit = TimeSpan.FromSeconds(5);

    /// <summary>By which the database tells this server's connection from another one's.</summary>
    private readonly string _name = "secure-recorder " + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>It holds the lock as long as it is open; null between the loss of one and the next try.</summary>
    private NpgsqlConnection? _holding;

    /// <summary>Of SQLite: locked as long as it is open.</summary>
    private FileStream? _file;

    /// <summary>Whether another server took the database over, so that this one ended.</summary>
    public bool WasTakenOver { get; private set; }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Kind == CatalogueOptions.Postgresql)
        {
            try
            {
                var seconds = options.Value.TakeOverSeconds;
                if (!await TryTakeAsync(TimeSpan.FromSeconds(seconds), cancellationToken))
                {
                    throw new StartRefusedException($"Another server uses this database, and did not end within {seconds} s (Catalogue:TakeOverSeconds). One server at a time: stop the other one first.");
                }
            }
            catch (NpgsqlException refused) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StartRefusedException($"The database (Catalogue:ConnectionString) cannot be used: {refused.Message}", refused);
            }
        }

        else { LockFolder(); }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Kind != CatalogueOptions.Postgresql) { return; }

        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await HoldsAsync(stoppingToken) || await TryTakeAsync(OwnLimit, stoppingToken)) { continue; }

                WasTakenOver = true;
                LogTakenOver();
                host.StopApplication();
                return;
            }
            catch (NpgsqlException away) when (!stoppingToken.IsCancellationRequested)
            {
                LogAway(away.Message); // nothing is written meanwhile either
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await LetGoAsync();
    }

    private void LockFolder()
    {
        if (OperatingSystem.IsMacOS() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS()) { return; } // .NET locks no part of a file there

        _file = new(Path.Combine(folder.Root, "server.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        try
        {
            _file.Lock(0, 1);
        }
        catch (IOException taken)
        {
            throw new StartRefusedException($"Another server uses the folder '{folder.Root}' (DataDirectory). One server at a time: stop the other one first.", taken);
        }
    }

    /// <summary>Whether the lock is still there: it ends with its connection.</summary>
    private async Task<bool> HoldsAsync(CancellationToken cancellation)
    {
        if (_holding is null) { return false; }

        try
        {
            await using var command = new NpgsqlCommand("SELECT 1", _holding);
            await command.ExecuteScalarAsync(cancellation);
            return true;
        }
        catch (NpgsqlException lost) when (!cancellation.IsCancellationRequested)
        {
            LogLost(lost.Message);
            await LetGoAsync();
            return false;
        }
    }

    /// <param name="wait">How long another server may still have it.</param>
    /// <returns>False: it has it then.</returns>
    private async Task<bool> TryTakeAsync(TimeSpan wait, CancellationToken cancellation)
    {
        NpgsqlConnection? connection = new(new NpgsqlConnectionStringBuilder(options.Value.ConnectionString)
        {
            Pooling = false, ApplicationName = _name, CommandTimeout = (int)(wait + AnswerLimit).TotalSeconds,
        }.ToString());
        try
        {
            await connection.OpenAsync(cancellation);

            // A server whose machine vanished holds the lock until the database misses it: after 25 s, not after the two hours of most systems.
            // A connection of this server's own that the database does not miss yet is ended.
            await using var command = new NpgsqlCommand(
                $"""
                SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{_name}' AND pid <> pg_backend_pid();
                SET lock_timeout = {Math.Max(1, (int)wait.TotalMilliseconds)}; SELECT pg_advisory_lock({Number})
                """,
                connection);
            await command.ExecuteNonQueryAsync(cancellation);
            (_holding, connection) = (connection, null);
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
        finally
        {
            if (connection is not null) { await connection.DisposeAsync(); }
        }
    }

    private async Task LetGoAsync()
    {
        if (_holding is not null) { await _holding.DisposeAsync(); }
        if (_file is not null) { await _file.DisposeAsync(); }
        (_holding, _file) = (null, null);
    }

    [LoggerMessage(2012, LogLevel.Warning, "The connection that holds the database for this server was lost, and is made anew: {Reason}")]
    private partial void LogLost(string reason);

    [LoggerMessage(2013, LogLevel.Error, "The database is away: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(2014, LogLevel.Critical, "Another server has taken the database over; this one ends")]
    private partial void LogTakenOver();
}
