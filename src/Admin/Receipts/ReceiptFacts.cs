using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>What a receipt and its countersignature say, in words.</summary>
internal static class ReceiptFacts
{
    /// <summary>Names and values, as they came: whoever prints them makes them printable.</summary>
    public static IEnumerable<(string Name, string Value)> Of(ConsentReceipt receipt, Countersignature word)
    {
        var notice = receipt.Notice;
        yield return ("Decision", InWords(receipt));
        yield return ("Decided by", $"participant {receipt.Participant}{(receipt.Participant.StartsWith('g') ? ", the guardian of a minor," : "")} of session {receipt.Session}");
        yield return ("Towards", receipt.Controller);
        yield return ("Signed", $"{VerifyReceiptFile.Time(receipt.At)}, by the device's clock");
        yield return ("Confirmed", $"{VerifyReceiptFile.Time(word.At)}, by the server's clock");
        yield return ("Notice", $"'{notice.Id}', version {notice.Version}, language {notice.Language}");
        yield return ("SHA-256 of the notice", notice.Sha256);
    }

    private static string InWords(ConsentReceipt receipt) => Scope(receipt) + receipt.Choices.SpecialCategories switch
    {
        true => "; special categories of data may be seen in it",
        false => "; special categories of data may not",
        null => "",
    };

    private static string Scope(ConsentReceipt receipt) => receipt.Decision switch
    {
        ConsentReceipt.Allow => (receipt.Choices.Video, receipt.Choices.Chat) switch
        {
            (true, true) => "allowed: the screen and the chat may be recorded",
            (true, false) => "allowed: the screen may be recorded, the chat may not",
            (false, true) => "allowed: the chat may be recorded, the screen may not",
            _ => "allowed, but neither screen nor chat",
        },
        ConsentReceipt.Decline => "declined: nothing may be recorded",
        _ => "withdrawn: nothing more may be recorded",
    };
}
