using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Audit;

/// <summary><c>secure-recorder-admin audit verify</c> and <c>audit export</c>: both read the catalogue's database, and need no running server.</summary>
internal static class AuditCommand
{
    private const int Done = 0;
    private const int Tampered = 1;
    private const int NotReadable = 2;
    private const int StoreAway = 3;

    private static readonly Option<string?> Catalogue = new("--catalogue") { Description = "The catalogue's file. Default: the configured database, or catalogue.db in the configured data folder.", HelpName = "FILE" };

    public static Command Create(Func<string[], WebApplication> build) => new("audit", "The trail of who did what.") { Verify(build), Export() };

    private static Command Verify(Func<string[], WebApplication> build)
    {
        var bucket = new Option<bool>("--bucket") { Description = "Take the checkpoints from the configured location (the default)." };
        var checkpoints = new Option<string?>("--checkpoints") { Description = "Take the checkpoints from a folder: a copy of the bucket's audit/, or what it lies in.", HelpName = "FOLDER" };
        var signer = new Option<string[]>("--server-key") { Description = "Thumbprint of the server's key; can be given again, where the server was set up anew. Default: that of keys/server.pem in the data folder, and those of keys/earlier/.", HelpName = "THUMBPRINT" };
        var command = new Command(
            "verify",
            "Check the audit trail against its own chain and the signed checkpoints, and name the first row that was changed, removed, inserted or moved. "
            + "Exit code 0: whole; 1: tampered with; 2: something that is needed cannot be read; 3: the bucket does not answer.")
        {
            Catalogue, bucket, checkpoints, signer,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.Validators.Add(result =>
        {
            if (result.GetValue(bucket) && result.GetValue(checkpoints) is not null) { result.AddError("--bucket and --checkpoints are one or the other."); }
        });
        command.SetAction((parsed, cancellation) => AnsweringAsync(parsed, async output =>
        {
            string[] settings = [.. parsed.UnmatchedTokens];
            IReadOnlyCollection<string> keys = parsed.GetValue(signer) is { Length: > 0 } known ? known : ServerKeysOf(settings);
            using var file = OpenTrail(parsed.GetValue(Catalogue), settings);
            var signed = parsed.GetValue(checkpoints) is { } folder ? await AuditCheckpoints.ReadFolderAsync(folder, keys, cancellation) : await FromBucketAsync(build, settings, keys, cancellation);
            var found = await new VerifyAuditTrail(file, signed).RunAsync(cancellation);
            await output.WriteLineAsync(found.Kind is null ? $"VERIFIED. {found.Detail}" : $"TAMPERED WITH. {found.Detail}");
            if (found.Kind is null && (signed.Count == 0 || signed[^1].Last < found.Row))
            {
                await output.WriteLineAsync($"Rows {(signed.Count == 0 ? 1 : signed[^1].Last + 1)} to {found.Row} have no checkpoint yet: of them the chain alone speaks.");
            }

            return found.Kind is null ? Done : Tampered;
        }));
        return command;
    }

    private static Command Export()
    {
        var from = new Option<DateTimeOffset?>("--from") { Description = "Only rows from this time on.", HelpName = "2026-01-02T03:04:05Z", CustomParser = Time };
        var to = new Option<DateTimeOffset?>("--to") { Description = "Only rows before this time.", HelpName = "2026-01-02T03:04:05Z", CustomParser = Time };
        var format = new Option<string>("--format") { Description = "JSON Lines, or RFC 5424 with structured data, a line a message.", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "syslog");
        var file = new Option<string?>("--out") { Description = "Write into this new file instead of the standard output.", HelpName = "FILE" };
        var command = new Command("export", "Write the audit trail as JSON Lines or as syslog messages. Exit code 0: done; 1: a row cannot be read as one; 2: the catalogue cannot be read or the file not be written.")
        {
            Catalogue, from, to, format, file,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellation) => AnsweringAsync(parsed, async output =>
        {
            using var trail = OpenTrail(parsed.GetValue(Catalogue), [.. parsed.UnmatchedTokens]);
            await using var into = parsed.GetValue(file) is { } target ? new FileStream(target, FileMode.CreateNew, FileAccess.Write) : Console.OpenStandardOutput();
            return await WriteAsync(trail, parsed.GetValue(from), parsed.GetValue(to), parsed.GetRequiredValue(format) == "syslog", into, output, cancellation);
        }));
        return command;
    }

    private static async Task<int> WriteAsync(AuditFile trail, DateTimeOffset? from, DateTimeOffset? to, bool asSyslog, Stream into, TextWriter output, CancellationToken cancellation)
    {
        await foreach (var (sequence, row) in trail.RowsAsync(cancellation))
        {
            if (row is null)
            {
                await output.WriteLineAsync($"Row {sequence} cannot be read as a row of the audit trail. Run: secure-recorder-admin audit verify");
                return Tampered;
            }

            if (row.At < from || row.At >= to) { continue; }
            await into.WriteAsync(asSyslog ? [.. SyslogMessage.Of(row), (byte)'\n'] : AuditLine.Of(row).ToUtf8(), cancellation);
        }

        await into.FlushAsync(cancellation);
        return Done;
    }

    private static async Task<int> AnsweringAsync(ParseResult parsed, Func<TextWriter, Task<int>> run)
    {
        var output = parsed.InvocationConfiguration.Error;
        try
        {
            return await run(parsed.CommandResult.Command.Name == "verify" ? parsed.InvocationConfiguration.Output : output);
        }
        catch (TrackAlteredException altered)
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"TAMPERED WITH. {altered.Message}");
            return Tampered;
        }
        catch (ObjectStoreException away)
        {
            await output.WriteLineAsync(away.Message);
            return StoreAway;
        }
        catch (Exception refused) when (refused is IOException or InvalidDataException or UnauthorizedAccessException or StartRefusedException or CryptographicException or OptionsValidationException)
        {
            await output.WriteLineAsync(refused.Message);
            return NotReadable;
        }
    }

    private static async Task<IReadOnlyList<AuditCheckpoint>> FromBucketAsync(Func<string[], WebApplication> build, string[] settings, IReadOnlyCollection<string> keys, CancellationToken cancellation)
    {
        await using var app = build(settings);
        return await AuditCheckpoints.ReadAsync(app.Services.GetRequiredService<KnownLocations>().Main.Store, keys, cancellation);
    }

    /// <param name="file">A catalogue's file; null: the configured database.</param>
    private static AuditFile OpenTrail(string? file, string[] settings)
    {
        var configured = ServerHost.CreateBuilder(settings).Configuration.GetSection(CatalogueOptions.Section).Get<CatalogueOptions>() ?? new();
        return file is null && configured.Kind == CatalogueOptions.Postgresql
            ? AuditFile.OpenPostgres(configured.ConnectionString ?? "")
            : AuditFile.Open(file ?? Path.Combine(DataOf(settings), "catalogue.db"));
    }

    /// <summary>The configured data folder; it is neither made nor changed.</summary>
    private static string DataOf(string[] settings) => Path.GetFullPath(ServerHost.CreateBuilder(settings).Configuration.Get<DataOptions>()!.DataDirectory);

    /// <summary>Of the key that is there, and of those of the servers before: none is made, so that nothing is ever verified with a new one.</summary>
    private static IReadOnlyCollection<string> ServerKeysOf(string[] settings)
    {
        var path = Path.Combine(DataOf(settings), "keys", "server.pem");
        if (!File.Exists(path)) { throw new InvalidDataException($"There is no server's key '{path}'; say with --server-key whose checkpoints to believe."); }

        using var key = SigningKey.FromPem(OwnerOnlyFile.Read(path, "server's signing key"));
        return new TrackSigners(key, EarlierServerKeys.Read(Path.GetDirectoryName(path)!)).Servers;
    }

    private static DateTimeOffset? Time(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) { return time; }

        result.AddError($"'{text}' is not a time such as 2026-01-02 or 2026-01-02T03:04:05Z.");
        return null;
    }
}
