using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests;

/// <summary>The server itself on a free port of 127.0.0.1, with a clock and a store that a test can disturb, and a data folder of its own.</summary>
public sealed class Server : IAsyncDisposable
{
    /// <summary>What tests/run.sh sets to <c>postgresql</c> when it runs those of the trait <c>Catalogue=both</c> once more, on the other database.</summary>
    private const string CatalogueVariable = "TESTS_CATALOGUE";

    private readonly string _data = Path.Combine(Path.GetTempPath(), "admin-tests-" + RandomNumberGenerator.GetHexString(10, lowercase: true));
    private readonly Dictionary<string, string> _settings;
    private readonly StringWriter _console = new();
    private WebApplication? _app;
    private (PostgresServer Server, string Connection)? _postgres;

    private Server(Dictionary<string, string> settings) => _settings = settings;

    public Uri Url { get; } = new($"http://127.0.0.1:{LoopbackPort.Take()}");
    internal ShiftedClock Clock { get; } = new();
    internal BreakableStore Store => (BreakableStore)Locations.Main.Store;
    internal IServiceProvider Services => _app!.Services;
    internal string Data => _data;

    /// <summary>Opens what the server stored, with its KEK.</summary>
    internal TrackReader Reader => Locations.Main.Reader;

    internal KnownLocations Locations => Services.GetRequiredService<KnownLocations>();

    /// <summary>What the server printed.</summary>
    internal string Console => _console.ToString();

    /// <param name="settings">Configuration keys, e.g. <c>RateLimits:TriesPerAddress</c>.</param>
    internal static Task<Server> StartAsync(params (string Key, string Value)[] settings)
    {
        var server = With(settings);
        OwnerOnlyFile.Create(Path.Combine(server._data, "keys", "kek.pem"), WrittenSession.SharedKek);
        return StartedAsync(server);
    }

    /// <summary>The same, on a data folder in which something was prepared before the first start: it has the KEK.</summary>
    internal static async Task<Server> StartAfterAsync(Func<string, Task> prepare, params (string Key, string Value)[] settings)
    {
        var server = With(settings);
        OwnerOnlyFile.Create(Path.Combine(server._data, "keys", "kek.pem"), WrittenSession.SharedKek);
        await prepare(server._data);
        return await StartedAsync(server);
    }

    private async Task ChooseCatalogueAsync()
    {
        if (Environment.GetEnvironmentVariable(CatalogueVariable) is not "postgresql" || _settings.ContainsKey("Catalogue:Kind")) { return; }

        var postgres = await TestContext.Current.GetFixture<PostgresServer>() ?? throw new InvalidOperationException("The assembly has no PostgreSQL.");
        var connection = await postgres.NewDatabaseAsync();
        (_settings["Catalogue:Kind"], _settings["Catalogue:ConnectionString"], _postgres) = ("postgresql", connection, (postgres, connection));
    }

    /// <summary>A first start, as an operator sees it: even the folder is the server's to make.</summary>
    internal static Task<Server> StartFirstAsync() => StartedAsync(With([]));

    private static Server With((string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Notice:Controller"] = "Example Ltd, 1 Example Street",
            ["Notice:Contact"] = "privacy@example.org",
            ["Notice:ComplaintAuthority"] = "The Example Authority",
            ["RateLimits:TriesPerAddress"] = "10000",
            ["RateLimits:TriesInAll"] = "100000",
            ["SignIn:IdleMinutes"] = "720",
        };
        foreach (var (key, value) in settings) { all[key] = value; }

        return new(all);
    }

    private static async Task<Server> StartedAsync(Server server)
    {
        await server.ChooseCatalogueAsync();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Changes services for the next start.</summary>
    internal Action<IServiceCollection>? Adapt { get; set; }

    /// <summary>Changes a setting for the next start.</summary>
    internal void Configure(string key, string value) => _settings[key] = value;

    /// <summary>Stops the server, if it runs, and starts it on the same data and port.</summary>
    internal async Task StartAgainAsync()
    {
        await StopAsync();
        string[] args = [$"--urls={Url}", $"--DataDirectory={_data}", .. _settings.Select(setting => $"--{setting.Key}={setting.Value}")];
        var app = Program.Build(args, builder =>
        {
            Adapt?.Invoke(builder.Services);
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            builder.Services.Replace(ServiceDescriptor.Singleton<TextWriter>(_console));
            var open = builder.Services.Single(service => service.ServiceType == typeof(IObjectStore)).KeyedImplementationFactory!;
            builder.Services.Replace(ServiceDescriptor.KeyedSingleton<IObjectStore>(Location.Main, (provider, key) => new BreakableStore((FolderObjectStore)open(provider, key))));
        });
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _app = app;
    }

    /// <summary>Reads or changes the catalogue.</summary>
    internal async Task<T> InCatalogueAsync<T>(Func<CatalogueDb, Task<T>> look)
    {
        await using var catalogue = await Services.GetRequiredService<IDbContextFactory<CatalogueDb>>().CreateDbContextAsync();
        return await look(catalogue);
    }

    /// <summary>Reads or changes the accounts.</summary>
    internal async Task<T> InAccountsAsync<T>(Func<AccountsDb, Task<T>> look)
    {
        await using var scope = Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<AccountsDb>());
    }

    /// <summary>The audit trail of accounts and teams, as <c>actor action outcome detail</c>, from this row on.</summary>
    internal Task<List<string>> AccountAuditAsync(long after = 0) => InCatalogueAsync(catalogue => catalogue.Audit.AsNoTracking()
        .Where(row => row.Id > after && (row.Action.StartsWith("account.") || row.Action.StartsWith("team."))).OrderBy(row => row.Id)
        .Select(row => $"{row.Actor} {row.Action} {row.Outcome} {row.Detail}").ToListAsync());

    /// <summary>The session's row, with its tracks and participants.</summary>
    internal Task<RecordedSession> SessionAsync(Guid id) =>
        InCatalogueAsync(catalogue => catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).Include(s => s.Participants).SingleAsync(s => s.Id == id));

    /// <summary>A participant's row.</summary>
    internal async Task<Participant> ParticipantAsync(Guid session, string name = Participant.First) => (await SessionAsync(session)).Of(name);

    /// <summary>Files of its data that hold the word in clear, in UTF-8 or UTF-16.</summary>
    internal IReadOnlyList<string> FilesThatHold(string word)
    {
        for (var tries = 1; ; tries++)
        {
            try { return LookInFiles(word); }
            catch (IOException gone) when (tries < 20 && (gone is FileNotFoundException or DirectoryNotFoundException or EndOfStreamException)) { } // SQLite's log goes when its last connection closes: what was in it is now in a file that may have been looked at already
        }
    }

    private IReadOnlyList<string> LookInFiles(string word)
    {
        var files = Directory.GetFiles(_data, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith(_postgres is null ? "catalogue.db" : "kek.pem", StringComparison.Ordinal));
        return [.. files.Where(file =>
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete); // the server may be running
            var bytes = new byte[open.Length].AsSpan();
            open.ReadExactly(bytes);
            return bytes.IndexOf(Encoding.UTF8.GetBytes(word)) >= 0 || bytes.IndexOf(Encoding.Unicode.GetBytes(word)) >= 0;
        })];
    }

    /// <summary>Waits until the session is in this state.</summary>
    internal Task WaitForAsync(Guid session, SessionState state) => Eventually.CompleteAsync(async () =>
        (await SessionAsync(session)).State is var last && last == state ? null : $"The session is {last}; {state} was expected.");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _console.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_postgres is var (postgres, connection)) { await postgres.DropAsync(connection); }
        if (Directory.Exists(_data)) { Directory.Delete(_data, recursive: true); }
    }

    /// <summary>Stops it; its data stays.</summary>
    internal async Task StopAsync()
    {
        if (_app is null) { return; }
        await _app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(2)).Token);
        await _app.DisposeAsync();
        _app = null;
    }
}

/// <summary>One server for all tests of a class that do not disturb it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public Server Server { get; private set; } = null!;

    internal Technician Technician { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await Server.StartAsync();
        Technician = await Technician.SignInAsync(Server);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
