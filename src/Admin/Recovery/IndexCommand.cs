using System.CommandLine;
using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary><c>secure-recorder-admin recover --index</c>: rebuilds the catalogue of a new server, with the configuration that it will have, from the bucket.</summary>
internal static class IndexCommand
{
    private const string ReportName = "recovery-report.txt";

    /// <param name="data">The data folder; null: that of the settings.</param>
    /// <exception cref="InvalidDataException">The settings are not understood, or the KEK is not there.</exception>
    public static async Task<int> RunAsync(
        Func<string[], WebApplication> build, string? data, string[] settings, IReadOnlyCollection<string> serverKeys, InvocationConfiguration terminal, bool isTerminal, CancellationToken cancellation)
    {
        if (settings.FirstOrDefault(setting => !setting.StartsWith("--", StringComparison.Ordinal)) is { } stray) { throw new InvalidDataException($"'{stray}' is not understood. Settings are given as --Location:Kind=…; see: secure-recorder-admin recover --help"); }
        if (data is not null) { settings = [.. settings, $"--{nameof(DataOptions.DataDirectory)}={data}"]; }
        RequireKek(settings);

        await using var app = build(settings);
        var (services, clock) = (app.Services, app.Services.GetRequiredService<TimeProvider>());
        var folder = services.GetRequiredService<DataFolder>();
        await services.GetRequiredService<KeepPublicKeys>().ReadAllAsync(cancellation); // the rebuilt audit trail is sealed, for a vault's key too
        using var rebuild = new RebuildCatalogue(
            services.GetRequiredService<IDbContextFactory<CatalogueDb>>(), services.GetRequiredService<KnownLocations>(), services.GetRequiredService<NamedKeys>(), services.GetRequiredService<SigningKey>(), folder,
            new RecoveryProgress(terminal.Error, isTerminal, clock), serverKeys, clock);
        var report = await rebuild.RunAsync(cancellation);
        var path = Path.Combine(folder.Root, ReportName);
        await PrivateFiles.WriteAsync(path, Encoding.UTF8.GetBytes(report.Text()), cancellation);
        await terminal.Output.WriteLineAsync($"{report.Summary} See {path}");
        return report.IsWhole ? 0 : 1;
    }

    /// <summary>A server makes a key file of its own where there is none: one that opens nothing of what is there.</summary>
    private static void RequireKek(string[] settings)
    {
        var configuration = ServerHost.CreateBuilder(settings).Configuration;
        var name = configuration[$"{LocationOptions.Section}:{nameof(LocationOptions.Key)}"];
        if (name is not null && configuration.GetSection($"Keys:{name}").Get<NamedKey>() is not { IsFile: true, File: null }) { return; } // in a vault or where the configuration says, which the server never makes; or nowhere, which it refuses

        var folder = Path.GetFullPath(configuration[nameof(DataOptions.DataDirectory)] ?? new DataOptions().DataDirectory);
        var kek = Path.Combine(folder, "keys", name is null ? ServerKeys.KekFile : name + ".pem");
        if (!File.Exists(kek)) { throw new InvalidDataException($"There is no key encryption key '{kek}'. Put it there, readable by you alone (chmod 600); the folder 'keys' has mode 0700."); }
    }
}
