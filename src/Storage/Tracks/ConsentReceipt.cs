using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tracks;

/// <summary>What a participant decided, signed on their own device.</summary>
/// <remarks>Source: FORMAT.md §4.</remarks>
public sealed record ConsentReceipt(
    string Format,
    Guid Session,
    string Participant,
    string Decision,
    [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At,
    string Controller,
    NoticeReference Notice,
    ConsentChoices Choices)
{
    public const string FormatName = "secure-recorder/consent/1";
    public const string JwsType = "secure-recorder-consent+jws";
    public const string Allow = "allow";
    public const string Decline = "decline";
    public const string Withdraw = "withdraw";

    /// <summary>SHA-256 over the ASCII bytes of the compact JWS: what every segment of the session is bound to.</summary>
    /// <exception cref="TrackAlteredException">The text is not ASCII, so it is no compact JWS.</exception>
    public static byte[] DigestOf(string compactJws) =>
        Ascii.IsValid(compactJws)
            ? SHA256.HashData(Encoding.ASCII.GetBytes(compactJws))
            : throw new TrackAlteredException("The consent receipt is not a compact JWS: it is not ASCII.");

    /// <summary>Checks the signature and the shape, and that the receipt is of this session.</summary>
    /// <returns>The receipt and the key of the participant's device.</returns>
    /// <exception cref="TrackAlteredException">It is not a valid receipt of this session.</exception>
    public static (ConsentReceipt Receipt, PublicSigningKey DeviceKey) Verify(string compactJws, Guid session) => Verify(compactJws) switch
    {
        var (receipt, _) when receipt.Session != session => throw new TrackAlteredException($"The consent receipt is of session {receipt.Session}, not of {session}."),
        var verified => verified,
    };

    /// <summary>Checks the signature and the shape of a receipt of whatever session.</summary>
    /// <returns>The receipt and the key of the participant's device.</returns>
    /// <exception cref="TrackAlteredException">It is not a valid receipt.</exception>
    public static (ConsentReceipt Receipt, PublicSigningKey DeviceKey) Verify(string compactJws)
    {
        var verified = Jws.Verify(compactJws, JwsType);
        ConsentReceipt? receipt;
        try
        {
            receipt = JsonSerializer.Deserialize(verified.Payload, FormatJson.Default.ConsentReceipt);
        }
        catch (JsonException malformed)
        {
            throw new TrackAlteredException($"The consent receipt is not what FORMAT.md §4 says: {malformed.Message}", malformed);
        }

        return receipt switch
        {
            null or { Format: not FormatName } => throw new TrackAlteredException($"The consent receipt's format is '{receipt?.Format}', not '{FormatName}'."),
            { Decision: not (Allow or Decline or Withdraw) } => throw new TrackAlteredException($"The consent receipt's decision is '{receipt.Decision}'."),
            { Participant: "" } => throw new TrackAlteredException("The consent receipt names no participant."),
            _ when !StrictBase64Url.IsOf(SHA256.HashSizeInBytes, receipt.Notice.Sha256) => throw new TrackAlteredException("The consent receipt names no digest of the notice."),
            _ => (receipt, verified.Key),
        };
    }

    /// <summary>Checks that a withdrawal takes this receipt back: signed on the same device, by the same participant, about the same notice and choices.</summary>
    /// <param name="deviceKey">The key of the receipt.</param>
    /// <exception cref="TrackAlteredException">It takes back something else, or nothing.</exception>
    public ConsentReceipt VerifyWithdrawal(string compactJws, PublicSigningKey deviceKey)
    {
        var (withdrawal, signer) = Verify(compactJws, Session);
        return withdrawal switch
        {
            { Decision: not Withdraw } => throw new TrackAlteredException($"The withdrawal's decision is '{withdrawal.Decision}', not '{Withdraw}'."),
            _ when withdrawal.Participant != Participant => throw new TrackAlteredException($"The withdrawal is of participant '{withdrawal.Participant}', not of '{Participant}'."),
            _ when signer != deviceKey => throw new TrackAlteredException("The withdrawal is signed with another key than the consent that it takes back."),
            _ when withdrawal with { Decision = Decision, At = At } != this => throw new TrackAlteredException("The withdrawal names another notice, organization or choice than the consent that it takes back."),
            _ => withdrawal,
        };
    }
}

/// <summary>Which notice was shown. <paramref name="Sha256"/>: base64url digest of the text exactly as shown (UTF-8).</summary>
public sealed record NoticeReference(string Id, int Version, string Language, string Sha256);

/// <summary>What may be recorded. <paramref name="SpecialCategories"/>: whether the person agreed expressly to health, union membership, beliefs and the like being seen; null, and absent, where the notice did not ask.</summary>
public sealed record ConsentChoices(
    bool Video, bool Chat, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? SpecialCategories = null);
