using System.Runtime.CompilerServices;
using System.Text;

namespace SecureRecorder.Storage.Tracks;

/// <summary>Reads every receipt and withdrawal of a session with its countersignature, not only the pair that opened it.</summary>
/// <remarks>Source: FORMAT.md §4, §7.</remarks>
public static class ReadReceipts
{
    /// <summary>Segments of one receipt: itself and its countersignature.</summary>
    private const int Pair = 2;

    /// <param name="consent">The open track <c>consent</c>.</param>
    /// <exception cref="TrackAlteredException">A segment is not what was sealed. What a segment says is judged pair by pair, without an exception.</exception>
    public static async IAsyncEnumerable<StoredReceipt> RunAsync(OpenTrack consent, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var allowed = new Dictionary<string, (ConsentReceipt Receipt, PublicSigningKey Device)>(StringComparer.Ordinal);
        for (var index = 0; index < consent.Segments.Count; index += Pair)
        {
            var jws = Encoding.ASCII.GetString(await consent.ReadAsync(index, cancellation));
            var word = index + 1 < consent.Segments.Count ? Encoding.ASCII.GetString(await consent.ReadAsync(index + 1, cancellation)) : null;
            yield return Judge(consent.Session, jws, word, allowed);
        }
    }

    private static StoredReceipt Judge(Guid session, string jws, string? word, Dictionary<string, (ConsentReceipt Receipt, PublicSigningKey Device)> allowed)
    {
        try
        {
            var (receipt, device) = ConsentReceipt.Verify(jws, session);
            if (receipt.Decision == ConsentReceipt.Allow) { allowed[receipt.Participant] = (receipt, device); }
            else if (allowed.TryGetValue(receipt.Participant, out var given)) { given.Receipt.VerifyWithdrawal(jws, given.Device); }
            else { throw new TrackAlteredException($"Participant '{receipt.Participant}' takes back what they had not allowed."); }

            if (word is null) { throw new TrackAlteredException($"The receipt of participant '{receipt.Participant}' has no countersignature."); }

            var (over, signer) = Countersignature.Verify(word, jws, receipt);
            return new(jws, word, new(jws, receipt, device, over, signer), null);
        }
        catch (TrackAlteredException altered)
        {
            return new(jws, word, null, altered.Message);
        }
    }
}

/// <summary>A receipt as it lies in the bucket. Of <paramref name="Verified"/> and <paramref name="Defect"/> one is null.</summary>
/// <param name="Jws">What the device signed, compact.</param>
/// <param name="Countersignature">The server's word for it, compact; null: there is none.</param>
/// <param name="Defect">What is wrong with it.</param>
public sealed record StoredReceipt(string Jws, string? Countersignature, VerifiedReceipt? Verified, string? Defect);

/// <summary>A receipt whose signatures match.</summary>
/// <param name="Jws">What the device signed, compact.</param>
/// <param name="Signer">Who countersigned: the caller compares it with the server's key.</param>
public sealed record VerifiedReceipt(string Jws, ConsentReceipt Receipt, PublicSigningKey Device, Countersignature Word, PublicSigningKey Signer);
