using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Xunit;

namespace SecureRecorder.TestServers;

/// <summary>A real PostgreSQL of the test assembly's own: a fresh cluster on a free loopback port, with a random password.</summary>
/// <remarks>Use it as an assembly fixture: one server serves all tests, each with databases of its own. PostgreSQL does not run as root: there it runs as <c>postgres</c>.</remarks>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Programs = "/usr/lib/postgresql";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string folder = Path.Combine(Path.GetTempPath(), "pg-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
    private readonly string password = RandomNumberGenerator.GetHexString(24, lowercase: true);
    private readonly int port = LoopbackPort.Take();
    private readonly ManualResetEventSlim over = new();
    private ChildProcess? server;

    /// <summary>A database that nobody has used yet; what to connect to it with.</summary>
    public async Task<string> NewDatabaseAsync(CancellationToken cancellation = default)
    {
        var name = "test_" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        await RunAsync($"CREATE DATABASE {name}", cancellation);
        return ConnectionString(name);
    }

    /// <summary>Ends a database and all connections to it: hundreds of tests have one each.</summary>
    public async Task DropAsync(string connectionString, CancellationToken cancellation = default)
    {
        await using (var used = new NpgsqlConnection(connectionString)) { NpgsqlConnection.ClearPool(used); }
        await RunAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)", cancellation);
    }

    private async Task RunAsync(string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async ValueTask InitializeAsync()
    {
        var programs = (Directory.Exists(Programs) ? Directory.GetDirectories(Programs) : []).Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .OrderByDescending(bin => double.Parse(Path.GetFileName(Path.GetDirectoryName(bin)!), CultureInfo.InvariantCulture)).FirstOrDefault()
            ?? throw new MissingProgramException($"There is no PostgreSQL in '{Programs}'. tests/run.sh installs what the tests need (on Debian).");
        Directory.CreateDirectory(folder);
        var secret = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(secret, password);
        if (Environment.IsPrivilegedProcess) { await ChildProcess.RunAsync("chown", ["-R", "postgres:postgres", folder], StartLimit); }

        var data = Path.Combine(folder, "data");
        await RunAsync(Path.Combine(programs, "initdb"), ["-D", data, "-U", "owner", "--auth=scram-sha-256", $"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        var (program, arguments) = AsUser(
            Path.Combine(programs, "postgres"),
            ["-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=300", "-c", "log_min_messages=fatal"]);
        server = await StartAsync(program, arguments);
        using var limit = new CancellationTokenSource(StartLimit);
        while (!await AnswersAsync())
        {
            if (server.HasExited) { throw new InvalidOperationException($"PostgreSQL ended with {server.ExitCode}:\n{server.Output}"); }
            await Task.Delay(100, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server is not null)
        {
            server.Interrupt(); // without waiting for those who are connected
            await server.WaitForExitAsync(StartLimit);
            await server.DisposeAsync();
        }

        over.Set();

        if (Directory.Exists(folder)) { Directory.Delete(folder, recursive: true); }
    }

    /// <summary>It ends with the thread that starts it, so that one which is killed leaves nothing behind: with one of the pool it would end in the middle of the tests.</summary>
    private Task<ChildProcess> StartAsync(string program, IEnumerable<string> arguments)
    {
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                started.SetResult(ChildProcess.Start(program, arguments, workingDirectory: folder));
            }
            catch (Exception failed)
            {
                started.SetException(failed);
                return;
            }

            over.Wait();
        })
        { IsBackground = true, Name = "PostgreSQL" }.Start();
        return started.Task;
    }

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "owner", Password = password, Database = database, MaxPoolSize = 30 }.ToString();

    /// <summary>Only the server that was just made knows the password.</summary>
    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private Task<string> RunAsync(string program, string[] arguments)
    {
        var (started, all) = AsUser(program, arguments);
        return ChildProcess.RunAsync(started, all, StartLimit);
    }

    private static (string Program, IEnumerable<string> Arguments) AsUser(string program, string[] arguments) => Environment.IsPrivilegedProcess
        ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT", program, .. arguments])
        : (program, arguments);
}
