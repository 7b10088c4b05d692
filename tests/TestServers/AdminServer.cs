using System.Security.Cryptography;

namespace SecureRecorder.TestServers;

/// <summary>The server as an operator runs it: the built program, a data directory and a port of its own. It can be killed and started again.</summary>
public sealed class AdminServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, string?> environment;
    private ChildProcess? process;

    private readonly bool ownsData;

    private AdminServer(string data, bool ownsData, IReadOnlyDictionary<string, string?>? settings)
    {
        (Data, this.ownsData) = (data, ownsData);
        Temporary = Path.Combine(data, "tmp");
        Directory.CreateDirectory(Temporary);
        environment = new(StringComparer.Ordinal)
        {
            ["DataDirectory"] = data,
            ["TMPDIR"] = Temporary,
            ["DOTNET_EnableDiagnostics"] = "0",
            ["Notice__Controller"] = "Example Ltd, 1 Example Street",
            ["Notice__Contact"] = "privacy@example.com",
            ["Notice__ComplaintAuthority"] = "The Example Data Protection Authority",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) { environment[name] = value; }

        Url = new($"http://127.0.0.1:{LoopbackPort.Take()}");
    }

    /// <summary>Where it answers.</summary>
    public Uri Url { get; }

    /// <summary>Its data directory: catalogue.db, keys/, and bucket/ for a folder location.</summary>
    public string Data { get; }

    /// <summary>Its folder for temporary files, and nobody else's.</summary>
    public string Temporary { get; }

    /// <summary>The running program.</summary>
    public ChildProcess Process => process ?? throw new InvalidOperationException("The server was not started.");

    /// <summary>The built program of a project of this clone, in the configuration that the tests run in.</summary>
    public static string Program(string project, string name)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Repository.File($"src/{project}/bin/{configuration}/net10.0/{name}");
    }

    /// <summary>A started server.</summary>
    /// <param name="settings">Configuration, as environment variables (<c>Location__Kind</c>).</param>
    public static async Task<AdminServer> StartAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var data = Path.Combine(Path.GetTempPath(), "admin-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        var server = new AdminServer(data, ownsData: true, settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A started server on the data folder of somebody else, who deletes it.</summary>
    public static async Task<AdminServer> StartOnAsync(string data, IReadOnlyDictionary<string, string?> settings)
    {
        var server = new AdminServer(data, ownsData: false, settings);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the program again on the same data and port.</summary>
    public async Task StartAgainAsync()
    {
        if (process is not null) { await process.DisposeAsync(); }

        process = ChildProcess.Start(Program("Admin", "secure-recorder-admin"), ["serve", "--urls", Url.ToString().TrimEnd('/')], environment);
        using var client = new HttpClient { BaseAddress = Url };
        using var limit = new CancellationTokenSource(StartLimit);
        while (!await AnswersAsync(client))
        {
            if (process.HasExited) { throw new InvalidOperationException($"The server ended with {process.ExitCode}:\n{process.Output}"); }
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Runs one of the operator's verbs on the server's data.</summary>
    public ChildProcess Run(params string[] arguments) =>
        ChildProcess.Start(Program("Admin", "secure-recorder-admin"), arguments, environment);

    /// <summary>The link with which the first admin is set up, from what the server printed.</summary>
    public async Task<Uri> SetupLinkAsync() => new((await Process.WaitForLineAsync(@"(http://\S+/setup/\S+)", StartLimit)).Groups[1].Value);

    public async ValueTask DisposeAsync()
    {
        if (process is not null) { await process.DisposeAsync(); }
        if (ownsData && Directory.Exists(Data)) { Directory.Delete(Data, recursive: true); }
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
