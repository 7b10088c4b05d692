using System.CommandLine;

namespace SecureRecorder.Admin.Receipts;

/// <summary><c>secure-recorder-admin receipt verify FILE</c>: whether a receipt that a person kept is what was signed, and what it says.</summary>
internal static class ReceiptCommand
{
    private const int Verified = 0;
    private const int NotAReceipt = 1;
    private const int NoSuchFile = 2;
    private const int NotReadable = 3;

    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The receipt, as the recorded person downloaded it." };
        var serverKey = new Option<string?>("--server-key")
        {
            Description = "The server's key as you know it: its thumbprint, or a file with its JSON Web Key. Without it the key is taken from the file itself.",
            HelpName = "thumbprint or JWK file",
        };
        var verify = new Command(
            "verify",
            "Check both signatures of a receipt and print what was shown and decided. Needs no server, no database and no network. "
            + "Exit code 0: verified; 1: altered, incomplete, countersigned by another server, or no receipt at all; 2: no such file, or --server-key is no key; 3: the file cannot be read.")
        {
            file,
            serverKey,
        };
        verify.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(serverKey), parsed.InvocationConfiguration.Output));
        return new("receipt", "What a recorded person keeps.") { verify };
    }

    private static int Run(string path, string? serverKey, TextWriter output)
    {
        if (!File.Exists(path))
        {
            output.WriteLine(Directory.Exists(path) ? $"'{Printable.Line(path)}' is a directory, not a receipt." : $"There is no file '{Printable.Line(path)}'.");
            return NoSuchFile;
        }

        try
        {
            var pinned = serverKey is null ? null : ServerKeyPin.Read(serverKey);
            var bytes = LimitedFile.Read(path, ReceiptFile.SizeLimit) ?? new byte[ReceiptFile.SizeLimit + 1];
            return Report(VerifyReceiptFile.Run(bytes, pinned), pinned is not null, output);
        }
        catch (InvalidDataException noKey)
        {
            output.WriteLine(Printable.Line(noKey.Message));
            return NoSuchFile;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            output.WriteLine($"'{Printable.Line(path)}' cannot be read: {Printable.Line(refused.Message)}");
            return NotReadable;
        }
    }

    private static int Report(VerifyReceiptFile.Outcome outcome, bool pinned, TextWriter output)
    {
        if (outcome is not VerifyReceiptFile.Outcome.Verified verified)
        {
            output.WriteLine($"NOT VERIFIED. {Printable.Line(((VerifyReceiptFile.Outcome.Refused)outcome).Why)}");
            return NotAReceipt;
        }

        var (receipt, word) = (verified.Receipt, verified.Word);
        output.WriteLine("This notice was shown:");
        output.WriteLine();
        foreach (var line in Printable.Lines(word.NoticeText).Split('\n')) { output.WriteLine(line.Length == 0 ? "" : $"    {line}"); }

        output.WriteLine();
        foreach (var (name, value) in Facts(verified, pinned)) { output.WriteLine($"{name,-22}{Printable.Line(value)}"); }

        output.WriteLine();
        output.WriteLine(pinned
            ? $"VERIFIED. The device signed this decision and the server confirmed it; nothing was changed since. It is of session {receipt.Session}."
            : $"VERIFIED, with the server key that the file itself names. To be sure whose key that is, compare its thumbprint with the organization's, or pass it with --server-key. It is of session {receipt.Session}.");
        return Verified;
    }

    private static IEnumerable<(string Name, string Value)> Facts(VerifyReceiptFile.Outcome.Verified verified, bool pinned)
    {
        foreach (var fact in ReceiptFacts.Of(verified.Receipt, verified.Word)) { yield return fact; }
        if (verified.Withdrawn is { } withdrawn) { yield return ("Withdrawn", $"{VerifyReceiptFile.Time(withdrawn.Signed)}, by the device's clock; confirmed {VerifyReceiptFile.Time(withdrawn.Confirmed)}"); }
        yield return ("Device's key", verified.DeviceKey);
        yield return ("Server's key", verified.ServerKey + (pinned ? " (as given with --server-key)" : " (taken from the file itself)"));
        yield return ("Who watched it", verified.Page);
    }
}
