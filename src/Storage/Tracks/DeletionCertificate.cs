using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureRecorder.Storage.Tracks;

/// <summary>The server's word that nothing of a session, or of one track of it, is in the bucket any more: written after a listing of everything below its prefix was empty.</summary>
/// <param name="Reason">One of <see cref="DeletionReason"/>.</param>
/// <param name="Tracks">What had been there, as it was committed.</param>
/// <param name="At">When the listing was empty, after the last upload address for the session had expired.</param>
/// <param name="Track">The one track that it is about; null: all of the session.</param>
/// <param name="Policy">The retention policy, with its version, that set the date; null: not known.</param>
/// <param name="BeganAt">When it was decided.</param>
/// <param name="Deleted">What was deleted; null in version 1.</param>
/// <param name="Listing">The listing that was empty; null in version 1.</param>
/// <param name="By">Who did it; null in version 1.</param>
/// <param name="Keys">The months' keys that its data keys were wrapped for when it was deleted: copies of the bucket in which they are wrapped so open for as long as these keys are there. Null: they were wrapped for a key that stays.</param>
/// <remarks>Source: FORMAT.md §8. It names nobody.</remarks>
public sealed record DeletionCertificate(
    string Format, Guid Session, string Reason, IReadOnlyList<DeletedTrack> Tracks, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At,
    string? Track = null, string? Policy = null, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset? BeganAt = null,
    DeletedObjects? Deleted = null, EmptyListing? Listing = null, DeletionRun? By = null, IReadOnlyList<ExpiringKey>? Keys = null)
{
    /// <summary>The version that is written.</summary>
    public const string FormatName = "secure-recorder/deletion/2";

    /// <summary>Certificates of earlier servers: of whole sessions only, without what was counted.</summary>
    public const string FormatName1 = "secure-recorder/deletion/1";

    public const string JwsType = "secure-recorder-deletion+jws";

    /// <summary>Bytes that a certificate may have.</summary>
    public const int SizeLimit = 1 << 16;

    /// <summary>The certificate's object.</summary>
    /// <param name="track">Of one track; null: of the session.</param>
    public static string ObjectName(Guid session, string? track = null) => track is null ? $"certificates/{session:D}.jws" : $"certificates/{session:D}/{track}.jws";

    /// <summary>Signs it: the compact JWS.</summary>
    public string Sign(SigningKey server) => Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.DeletionCertificate), JwsType, server);

    /// <summary>Checks the signature and the shape.</summary>
    /// <returns>The certificate and the key that made it: the caller compares it with the server's.</returns>
    /// <exception cref="TrackAlteredException">It is not a certificate of this session, or of this track of it.</exception>
    public static (DeletionCertificate Certificate, PublicSigningKey Signer) Verify(string compactJws, Guid session, string? track = null)
    {
        var (certificate, signer) = Verify(compactJws);
        return certificate.Session == session && certificate.Track == track
            ? (certificate, signer)
            : throw new TrackAlteredException($"This is no deletion certificate of {(track is null ? "" : $"track '{track}' of ")}session {session}.");
    }

    /// <inheritdoc cref="Verify(string, Guid, string?)"/>
    /// <exception cref="TrackAlteredException">It is no certificate.</exception>
    public static (DeletionCertificate Certificate, PublicSigningKey Signer) Verify(string compactJws) =>
        Jws.Read(compactJws, JwsType, FormatJson.Default.DeletionCertificate, certificate => certificate.IsWellFormed, "deletion certificate");

    private bool IsWellFormed => Format switch
    {
        FormatName1 => Track is null,
        FormatName => Deleted is { Objects: >= 0, Versions: >= 0, DeleteMarkers: >= 0, Uploads: >= 0, Bytes: >= 0 } && By is not null && BeganAt <= At
            && (Keys is null || Keys.All(key => key is not null)) && Listing is { Versions: 0, DeleteMarkers: 0, Uploads: 0 } && Listing.At == At && Listing.Prefix == $"v1/{Session:D}/{(Track is null ? "" : $"{Track}/")}",
        _ => false,
    };
}

/// <summary>A track that is gone. <paramref name="Size"/>: bytes of its segments.</summary>
public sealed record DeletedTrack(string Track, long Segments, long Size);

/// <summary>What was deleted.</summary>
/// <param name="Objects">Names.</param>
/// <param name="Versions">With content; without versions in the bucket, as many as objects.</param>
/// <param name="Uploads">Begun and never completed.</param>
/// <param name="Bytes">Of all versions.</param>
/// <param name="First">The first name in order; null: there was nothing.</param>
/// <param name="Last">The last name in order.</param>
public sealed record DeletedObjects(long Objects, long Versions, long DeleteMarkers, long Uploads, long Bytes, string? First, string? Last);

/// <summary>The listing of every version, delete marker and unfinished upload below a prefix, and that it was empty.</summary>
/// <param name="Location">Name of the storage location.</param>
public sealed record EmptyListing(
    string Location, string Region, string Prefix, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At, long Versions, long DeleteMarkers, long Uploads);

/// <summary>A key encryption key that is destroyed when its month is over and nothing hangs on it any more.</summary>
/// <param name="Kid">As key files name it.</param>
/// <param name="Over">When its month is over: it is destroyed after that, and has a certificate of its own then.</param>
public sealed record ExpiringKey(string Kid, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset Over);

/// <summary>Who deleted.</summary>
/// <param name="Job">Name of the job, or of what asked for it at once.</param>
/// <param name="Run">Number of this deletion: it stays the same when it is interrupted and goes on.</param>
/// <param name="Node">The server's process that finished it.</param>
public sealed record DeletionRun(string Job, string Run, string Node);

/// <summary>Why a session was deleted.</summary>
public static class DeletionReason
{
    /// <summary>Its time was over.</summary>
    public const string Expired = "expired";

    /// <summary>The recorded person withdrew.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>It lies in another location of the same region now.</summary>
    public const string Moved = "moved";
}
