using System.Text.Json;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>Judges a receipt file by itself: no server, no database, no configuration, no network.</summary>
internal static class VerifyReceiptFile
{
    /// <summary>How long the server may have taken between reading its clock and countersigning, on top of what it tolerates of a device's clock.</summary>
    private static readonly TimeSpan Countersigning = TimeSpan.FromMinutes(1);

    /// <param name="serverKey">Thumbprint of the key that must have countersigned; without it the file's own key counts.</param>
    public static Outcome Run(ReadOnlyMemory<byte> file, string? serverKey)
    {
        if (file.Length > ReceiptFile.SizeLimit) { return new Outcome.Refused($"This is no receipt: it has more than {ReceiptFile.SizeLimit:N0} bytes."); }
        if (file.Span.Trim(" \t\r\n"u8).IsEmpty) { return new Outcome.Refused("The file is empty."); }

        try
        {
            var kept = JsonSerializer.Deserialize(file.Span, ReceiptJson.Default.ReceiptFile);
            return kept is null ? new Outcome.Refused("This is no receipt: it is null.") : Judge(kept, serverKey);
        }
        catch (JsonException malformed)
        {
            return new Outcome.Refused(InWords(file, malformed));
        }
        catch (TrackAlteredException altered)
        {
            return new Outcome.Refused(altered.Message);
        }
    }

    /// <exception cref="TrackAlteredException">Something in it is not what was signed.</exception>
    private static Outcome Judge(ReceiptFile kept, string? serverKey)
    {
        var (receipt, device) = ConsentReceipt.Verify(kept.Receipt);
        var (word, server) = Countersignature.Verify(kept.Countersignature, kept.Receipt, receipt); // same session, same receipt, the text that the receipt names
        if (server != kept.ServerKey) { return new Outcome.Refused("The countersignature is made with another key than the file's 'serverKey'."); }
        if (serverKey is not null && server.Thumbprint != serverKey)
        {
            return new Outcome.Refused($"The countersignature is made with the key {server.Thumbprint}, not with the server's key {serverKey}.");
        }

        if (word.NoticeText != kept.NoticeText) { return new Outcome.Refused("The file's 'noticeText' is not the text that was shown and signed."); }
        if (server == device) { return new Outcome.Refused("Receipt and countersignature are made with one and the same key: nobody else confirms this receipt."); }

        var apart = (word.At - receipt.At).Duration();
        if (apart > AcceptConsent.ClockTolerance + Countersigning)
        {
            return new Outcome.Refused($"The times do not fit: the device says {Time(receipt.At)}, the server {Time(word.At)}; at most {AcceptConsent.ClockTolerance.TotalMinutes:0} minutes are accepted.");
        }

        ReceiptPageWord.Verify(kept.PageSignature, receipt.Session, kept.Receipt, kept.Page, server);
        return new Outcome.Verified(receipt, word, JudgeWithdrawal(kept, receipt, word, device), kept.Page, device.Thumbprint, server.Thumbprint);
    }

    /// <returns>Null: the file has none.</returns>
    /// <exception cref="TrackAlteredException">It takes back another consent, or the server did not confirm it.</exception>
    private static Withdrawn? JudgeWithdrawal(ReceiptFile kept, ConsentReceipt receipt, Countersignature word, PublicSigningKey device)
    {
        if (kept is { Withdrawal: null, WithdrawalCountersignature: null }) { return null; }
        if (kept.Withdrawal is null || kept.WithdrawalCountersignature is null) { throw new TrackAlteredException("Of 'withdrawal' and 'withdrawalCountersignature' the file has one only."); }

        var withdrawal = receipt.VerifyWithdrawal(kept.Withdrawal, device);
        var (confirmed, signer) = Countersignature.Verify(kept.WithdrawalCountersignature, kept.Withdrawal, withdrawal);
        return signer != kept.ServerKey ? throw new TrackAlteredException("The withdrawal is countersigned with another key than the receipt.")
            : confirmed.At < word.At ? throw new TrackAlteredException("The withdrawal was confirmed before the consent that it takes back.")
            : new(withdrawal.At, confirmed.At);
    }

    /// <summary>A time as the report has it.</summary>
    public static string Time(DateTimeOffset time) => $"{time.UtcDateTime:d MMMM yyyy, HH:mm:ss} UTC";

    private static string InWords(ReadOnlyMemory<byte> file, JsonException malformed)
    {
        try
        {
            using var any = JsonDocument.Parse(file, new() { AllowDuplicateProperties = false });
            return $"This is JSON, but no receipt of SecureRecorder: {malformed.Message.Split(" Path:")[0]}";
        }
        catch (JsonException)
        {
            return $"This is not JSON, so it is no receipt: {malformed.Message.Split(" Path:")[0]}";
        }
    }

    internal abstract record Outcome
    {
        private Outcome() { }

        /// <param name="Withdrawn">Null: the file says nothing of a withdrawal.</param>
        /// <param name="DeviceKey">Thumbprint.</param>
        /// <param name="ServerKey">Thumbprint.</param>
        internal sealed record Verified(ConsentReceipt Receipt, Countersignature Word, Withdrawn? Withdrawn, string Page, string DeviceKey, string ServerKey) : Outcome;

        internal sealed record Refused(string Why) : Outcome;
    }

    /// <summary>When the consent was taken back: by the device's clock, and by the server's.</summary>
    internal sealed record Withdrawn(DateTimeOffset Signed, DateTimeOffset Confirmed);
}
