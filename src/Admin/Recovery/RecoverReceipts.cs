using System.Text;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Writes every receipt of a session and its countersignature, and beside them what was shown and decided, in words.</summary>
internal static class RecoverReceipts
{
    /// <param name="consent">The open consent track, cut before what is altered.</param>
    public static async Task<IReadOnlyList<ReceiptReport>> RunAsync(OpenTrack consent, SessionFiles files, CancellationToken cancellation)
    {
        var receipts = new List<ReceiptReport>();
        await foreach (var stored in ReadReceipts.RunAsync(consent, cancellation))
        {
            var name = $"receipts/receipt-{receipts.Count + 1}";
            await files.WriteAsync($"{name}.jws", Encoding.ASCII.GetBytes(stored.Jws), cancellation);
            if (stored.Countersignature is { } word) { await files.WriteAsync($"{name}-countersignature.jws", Encoding.ASCII.GetBytes(word), cancellation); }
            await files.WriteAsync($"{name}.txt", Encoding.UTF8.GetBytes(InWords(stored)), cancellation);
            var known = stored.Verified;
            receipts.Add(new(
                $"{name}.jws", known?.Receipt.Participant, known?.Receipt.Decision, known?.Receipt.At, known?.Word.At, known?.Device.Thumbprint, known?.Signer.Thumbprint, stored.Defect));
        }

        return receipts;
    }

    private static string InWords(StoredReceipt stored)
    {
        if (stored.Verified is not { } known) { return $"NOT VERIFIED. {Printable.Line(stored.Defect!)}\nWhat the receipt says is not repeated here: it is not what was signed.\n"; }

        var text = new StringBuilder("This notice was shown:\n\n");
        foreach (var line in Printable.Lines(known.Word.NoticeText).Split('\n')) { text.Append(line.Length == 0 ? "\n" : $"    {line}\n"); }

        text.Append('\n');
        foreach (var (name, value) in ReceiptFacts.Of(known.Receipt, known.Word)) { text.Append($"{name,-22}{Printable.Line(value)}\n"); }
        text.Append($"{"Device's key",-22}{known.Device.Thumbprint}\n{"Server's key",-22}{known.Signer.Thumbprint}\n\n");
        return text.Append("VERIFIED. The device signed this decision and the server confirmed it; nothing was changed since.\n").ToString();
    }
}
