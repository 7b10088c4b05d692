using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureRecorder.Storage.Tracks;

/// <summary>The server's word that nothing of a session is in the bucket any more: written after a listing of everything below its prefix was empty.</summary>
/// <param name="Reason">One of <see cref="DeletionReason"/>.</param>
/// <param name="Tracks">What had been there, as it was committed.</param>
/// <param name="At">When the listing was empty, after the last upload address for the session had expired.</param>
/// <remarks>Source: FORMAT.md §8. It names nobody.</remarks>
public sealed record DeletionCertificate(
    string Format, Guid Session, string Reason, IReadOnlyList<DeletedTrack> Tracks, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At)
{
    public const string FormatName = "secure-recorder/deletion/1";
    public const string JwsType = "secure-recorder-deletion+jws";

    /// <summary>The certificate's object.</summary>
    public static string ObjectName(Guid session) => $"certificates/{session:D}.jws";

    /// <summary>Signs it: the compact JWS.</summary>
    public string Sign(SigningKey server) => Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.DeletionCertificate), JwsType, server);

    /// <summary>Checks the signature and the shape.</summary>
    /// <returns>The certificate and the key that made it: the caller compares it with the server's.</returns>
    /// <exception cref="TrackAlteredException">It is not a certificate of this session.</exception>
    public static (DeletionCertificate Certificate, PublicSigningKey Signer) Verify(string compactJws, Guid session)
    {
        var verified = Jws.Verify(compactJws, JwsType);
        try
        {
            return JsonSerializer.Deserialize(verified.Payload, FormatJson.Default.DeletionCertificate) is { Format: FormatName } certificate && certificate.Session == session
                ? (certificate, verified.Key)
                : throw new TrackAlteredException($"This is no deletion certificate of session {session}.");
        }
        catch (JsonException malformed)
        {
            throw new TrackAlteredException($"The deletion certificate is not what FORMAT.md §8 says: {malformed.Message}", malformed);
        }
    }
}

/// <summary>A track that is gone. <paramref name="Size"/>: bytes of its segments.</summary>
public sealed record DeletedTrack(string Track, long Segments, long Size);

/// <summary>Why a session was deleted.</summary>
public static class DeletionReason
{
    /// <summary>Its time was over.</summary>
    public const string Expired = "expired";

    /// <summary>The recorded person withdrew.</summary>
    public const string Withdrawn = "withdrawn";
}
