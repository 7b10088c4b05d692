using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Exports;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary><c>secure-recorder-admin recover</c>: opens recordings with nothing but the bucket and the KEK. Needs no server and no database.</summary>
internal static class RecoverCommand
{
    private const int AllVerified = 0;
    private const int NotAllVerified = 1;
    private const int NotUnderstood = 2;
    private const int NotFinished = 3;

    public static Command Create(Func<string[], WebApplication> build, bool isTerminal)
    {
        var bucket = new Option<string?>("--bucket") { Description = "The bucket's name, with --endpoint; without it, a folder that mirrors the bucket.", HelpName = "NAME or FOLDER" };
        var kek = new Option<string?>("--kek") { Description = $"The key encryption key: {OpenKey.Forms}. The passphrase of a PEM file comes from {Passphrase.Variable}. Where keys expire, those of the months lie beside it.", HelpName = "KEY" };
        var output = new Option<string?>("--out") { Description = "An empty or new folder for what is opened, in clear; or that of an earlier run, which goes on.", HelpName = "FOLDER" };
        var session = new Option<Guid[]>("--session") { Description = "Only this session; can be given again.", HelpName = "ID", DefaultValueFactory = _ => [] };
        var endpoint = new Option<Uri?>("--endpoint") { Description = "The S3 server.", HelpName = "https://HOST", CustomParser = Address };
        var region = new Option<string>("--region") { Description = "The bucket's region, as its server names it.", HelpName = "NAME", DefaultValueFactory = _ => "us-east-1" };
        var prefix = new Option<string>("--prefix") { Description = "What the names of recordings begin with.", HelpName = "PREFIX/", DefaultValueFactory = _ => "" };
        var credentials = new Option<string?>("--credentials") { Description = $"A file of yours alone with aws_access_key_id and aws_secret_access_key. Default: {BucketAccess.KeyId} and {BucketAccess.Secret}.", HelpName = "FILE" };
        var serverKey = new Option<string[]>("--server-key") { Description = "The server's key as you know it; can be given again, where there were several. Without it, reports say which keys signed.", HelpName = "thumbprint or JWK file", DefaultValueFactory = _ => [] };
        var ffmpeg = new Option<string>("--ffmpeg") { Description = "The ffmpeg that gives videos their index. Without one they are written without.", HelpName = "PROGRAM", DefaultValueFactory = _ => new ExportOptions().Ffmpeg };
        var index = new Option<bool>("--index") { Description = "Rebuild the catalogue of a new server from the bucket of its configuration instead, before its first start." };
        var data = new Option<string?>("--data") { Description = "With --index: the new server's data folder, with the key encryption key in keys/kek.pem. Default: DataDirectory.", HelpName = "FOLDER" };
        var command = new Command(
            "recover",
            "Write every recording of a bucket as files that other programs open: MP4, chat, events, receipts, and a report of what verified. Needs the bucket and the key encryption key, and nothing else. "
            + "What an earlier run finished is passed over. What is altered is never written as if it were sound. "
            + "Exit code 0: all of it verified; 1: something is altered, unreadable or incomplete; 2: an option is wrong; 3: the bucket does not answer or the folder cannot be written: run it again.")
        {
            bucket, kek, output, session, endpoint, region, prefix, credentials, serverKey, ffmpeg, index, data,
        };
        command.TreatUnmatchedTokensAsErrors = false; // settings of the server, with --index
        command.SetAction((parsed, cancellation) => AnsweringAsync(parsed, parsed.GetValue(output) ?? parsed.GetValue(data) ?? "the data folder", async () =>
        {
            var clock = TimeProvider.System;
            var signers = parsed.GetRequiredValue(serverKey).Select(ServerKeyPin.Read).ToList();
            if (parsed.GetValue(index))
            {
                Option[] others = [bucket, kek, output, session, endpoint, credentials];
                if (others.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } other) { throw new InvalidDataException($"{other.Name} is not for --index: the new server's configuration says where its bucket and its key are."); }
                return await IndexCommand.RunAsync(build, parsed.GetValue(data), [.. parsed.UnmatchedTokens], signers, parsed.InvocationConfiguration, isTerminal, cancellation);
            }

            if (parsed.GetValue(data) is not null) { throw new InvalidDataException("--data is for --index."); }
            if (parsed.UnmatchedTokens is [var stray, ..]) { throw new InvalidDataException($"'{stray}' is not understood. See: secure-recorder-admin recover --help"); }
            var sessions = parsed.GetRequiredValue(session).Distinct().ToList();
            using var access = BucketAccess.Open(Given(parsed, bucket), parsed.GetValue(endpoint), parsed.GetRequiredValue(region), parsed.GetRequiredValue(prefix), parsed.GetValue(credentials), clock);
            var key = await OpenKey.OfAsync(Given(parsed, kek), passphraseFile: null, clock, cancellation);
            using var closing = key as IDisposable;
            using var beside = OpenKey.StoreBeside(Given(parsed, kek), passphraseFile: null, clock);
            using var keys = new KeysBesideKek(key, beside, access.Store);
            using var folder = RecoveryFolder.Open(Given(parsed, output), access.Folder);

            var progress = new RecoveryProgress(parsed.InvocationConfiguration.Error, isTerminal, clock);
            var remux = new RemuxVideo(Options.Create(new ExportOptions { Ffmpeg = parsed.GetRequiredValue(ffmpeg) }));
            var missing = remux.MissingAsync(cancellation); // meanwhile
            var history = await FoundHistory.ReadAsync(access.Store, key, sessions, signers, restore: null, cancellation);
            var recover = new RecoverSession(access.Store, keys, history, signers, new RecoverTrack(remux, await missing, progress.Read), clock);
            var begun = new RecoveryReport(SessionReport.FormatName, access.InWords, key.PublicKey.Kid, clock.GetUtcNow(), "", new Dictionary<string, int>(), new Dictionary<string, int>(), history.InWords, [], []);
            var report = await new RecoverSessions(access.Store, recover, folder, progress).RunAsync(sessions, begun, cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{RecoveryText.Summary(report)} See {Path.Combine(folder.Root, SessionReport.TextName)}");
            return report.Status == RecoveryStatus.Verified ? AllVerified : NotAllVerified;
        }));
        return command;
    }

    private static string Given(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { Length: > 0 } value ? value : throw new InvalidDataException($"{option.Name} is missing. See: secure-recorder-admin recover --help");

    private static Uri? Address(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)) { return address; }

        result.AddError($"'{result.Tokens[0].Value}' is not an address such as https://s3.example.com.");
        return null;
    }

    private static async Task<int> AnsweringAsync(ParseResult parsed, string output, Func<Task<int>> run)
    {
        var said = parsed.InvocationConfiguration.Error;
        try
        {
            return await run();
        }
        catch (TrackAlteredException altered)
        {
            await said.WriteLineAsync(Printable.Line(altered.Message));
            return NotAllVerified;
        }
        catch (ObjectStoreException away)
        {
            await said.WriteLineAsync($"{Printable.Line(away.Message)}\nWhat is finished stays. Run the same command again to go on.");
            return NotFinished;
        }
        catch (KeyServiceException away)
        {
            await said.WriteLineAsync($"{Printable.Line(away.Message)}\nWhat is finished stays. Run the same command again to go on.");
            return NotFinished;
        }
        catch (OperationCanceledException)
        {
            await said.WriteLineAsync("Stopped. What is finished stays. Run the same command again to go on.");
            return NotFinished;
        }
        catch (Exception refused) when (refused is InvalidDataException or CryptographicException or KeyRefusedException or FileNotFoundException or UnauthorizedAccessException or StartRefusedException or OptionsValidationException or Microsoft.Data.Sqlite.SqliteException or Npgsql.NpgsqlException)
        {
            await said.WriteLineAsync(Printable.Lines(refused.Message));
            return NotUnderstood;
        }
        catch (IOException full)
        {
            await said.WriteLineAsync($"'{Printable.Line(output)}' cannot be written: {Printable.Line(full.Message)}\nWhat is finished stays. Make room and run the same command again to go on.");
            return NotFinished;
        }
    }
}
