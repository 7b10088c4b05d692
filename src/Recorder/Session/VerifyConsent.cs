using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Session;

/// <summary>
/// The recorder's own check that the person allowed this recording: it does not take the server's word for it. What it proves is
/// that some device key signed this session's receipt, that the server countersigned that very receipt, and that the notice is the one that was shown.
/// </summary>
/// <remarks>Source: FORMAT.md §4.</remarks>
internal static class VerifyConsent
{
    /// <param name="serverKey">The server's key as the recorder got it when it joined.</param>
    /// <exception cref="ConsentRefusedException">Anything is off; the message says what.</exception>
    public static Consent Run(ControlEvent control, Guid session, PublicSigningKey serverKey)
    {
        if (control.Receipt is not { Length: > 0 } receiptJws) { throw new ConsentRefusedException("The server asks to record without a consent receipt."); }
        if (control.Countersignature is not { Length: > 0 } countersignatureJws) { throw new ConsentRefusedException("The consent receipt is not countersigned."); }

        try
        {
            var (receipt, deviceKey) = ConsentReceipt.Verify(receiptJws, session);
            if (receipt.Decision != ConsentReceipt.Allow) { throw new ConsentRefusedException($"The receipt's decision is '{receipt.Decision}', not '{ConsentReceipt.Allow}'."); }
            if (!receipt.Choices.Video) { throw new ConsentRefusedException("The person did not allow the screen to be recorded."); }
            if (deviceKey == serverKey) { throw new ConsentRefusedException("The receipt is signed by the server, not on the person's device."); }
            if (string.IsNullOrWhiteSpace(receipt.Controller)) { throw new ConsentRefusedException("The receipt does not say who records."); }

            var (_, signer) = Countersignature.Verify(countersignatureJws, receiptJws, receipt);
            return signer == serverKey
                ? new(receipt, receiptJws, ConsentReceipt.DigestOf(receiptJws))
                : throw new ConsentRefusedException("The countersignature is not by the server that this recorder joined.");
        }
        catch (TrackAlteredException invalid)
        {
            throw new ConsentRefusedException(invalid.Message, invalid);
        }
    }
}

/// <summary>A consent that was verified. <paramref name="Digest"/> (32 bytes) binds every segment to it.</summary>
internal sealed record Consent(ConsentReceipt Receipt, string Jws, byte[] Digest);

/// <summary>There is no proof that the person allowed this recording: nothing is captured.</summary>
internal sealed class ConsentRefusedException : Exception
{
    public ConsentRefusedException() { }
    public ConsentRefusedException(string message) : base(message) { }
    public ConsentRefusedException(string message, Exception inner) : base(message, inner) { }
}
