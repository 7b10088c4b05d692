using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Keys;

/// <summary><c>secure-recorder-admin key new|show|check</c>: key encryption keys, before a server has them.</summary>
internal static class KeyCommand
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int NoSuchKey = 2;
    private const int ServiceAway = 3;

    private const string Codes = "Exit code 0: done; 1: refused, the message says why; 2: there is no such file; 3: the key vault cannot be used now.";

    private static readonly TrackName Probe = new("probe");

    public static Command Create()
    {
        var passphrase = new Option<string?>("--passphrase-file") { Description = $"File (mode 0600) with the passphrase of a key file. Without it, the environment variable {Passphrase.Variable} counts where it is set.", HelpName = "file" };
        var path = new Argument<string>("file") { Description = "Where the key goes. Nothing is overwritten." };
        var bits = new Option<int>("--bits") { Description = "Size of the key: 3072 (the default) or 4096.", DefaultValueFactory = _ => LocalKeyFile.NewKeySizeInBits };
        var key = new Argument<string>("key") { Description = $"The key: {OpenKey.Forms}." };

        var create = new Command("new", $"Make a key in a file that only its owner can read. {Codes}") { path, bits, passphrase };
        create.SetAction(parsed => Guarded(parsed, () => Task.FromResult(New(parsed.GetRequiredValue(path), parsed.GetValue(bits), parsed.GetValue(passphrase), parsed.InvocationConfiguration.Output))));
        var show = new Command("show", $"Print the key's identifier and its public half, as recorders get it. {Codes}") { key, passphrase };
        show.SetAction((parsed, cancellation) => Guarded(parsed, () => ShowAsync(parsed.GetRequiredValue(key), parsed.GetValue(passphrase), parsed.InvocationConfiguration.Output, cancellation)));
        var check = new Command("check", $"Wrap a new data key as a recorder does, unwrap it as a replay does, and compare. {Codes}") { key, passphrase };
        check.SetAction((parsed, cancellation) => Guarded(parsed, () => CheckAsync(parsed.GetRequiredValue(key), parsed.GetValue(passphrase), parsed.InvocationConfiguration.Output, cancellation)));
        return new("key", "Key encryption keys: make one, look at one, try one.") { create, show, check };
    }

    private static int New(string path, int bits, string? passphraseFile, TextWriter output)
    {
        var passphrase = Passphrase.Of(passphraseFile);
        if (File.Exists(path)) { throw new IOException($"'{path}' exists already; a key is never overwritten."); }

        LocalKeyFile.Create(path, passphrase, bits);
        using var made = LocalKeyFile.Open(path, passphrase);
        output.WriteLine($"{made.Id} is in '{Path.GetFullPath(path)}', {(passphrase is null ? "not encrypted" : "encrypted with the passphrase")}, readable by you alone.");
        output.WriteLine("Keep a copy where the recordings are not: without this key nobody opens them.");
        return Done;
    }

    private static async Task<int> ShowAsync(string word, string? passphraseFile, TextWriter output, CancellationToken cancellation)
    {
        var key = await OpenKey.OfAsync(word, passphraseFile, TimeProvider.System, cancellation);
        using var disposing = key as IDisposable;
        await output.WriteLineAsync(JsonSerializer.Serialize(key.PublicKey, Indented));
        return Done;
    }

    private static async Task<int> CheckAsync(string word, string? passphraseFile, TextWriter output, CancellationToken cancellation)
    {
        var key = await OpenKey.OfAsync(word, passphraseFile, TimeProvider.System, cancellation);
        using var disposing = key as IDisposable;
        using var made = DataKey.Create();
        var wrapped = key.PublicKey.Wrap(Guid.NewGuid(), Probe, made);
        var begun = Stopwatch.GetTimestamp();
        using var unwrapped = await key.UnwrapAsync(wrapped, cancellation);
        if (!made.HasSameBytesAs(unwrapped)) { throw new CryptographicException($"'{key.PublicKey.Kid}' unwraps another key than was wrapped."); }

        await output.WriteLineAsync($"{key.PublicKey.Kid} wraps and unwraps ({Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms).");
        return Done;
    }

    private static async Task<int> Guarded(ParseResult parsed, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception refused) when (refused is CryptographicException or IOException or UnauthorizedAccessException or KeyUnwrapException or KeyServiceException or KeyRefusedException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(Printable.Line(refused.Message));
            return refused switch { FileNotFoundException or DirectoryNotFoundException => NoSuchKey, KeyServiceException => ServiceAway, _ => Refused };
        }
    }

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
