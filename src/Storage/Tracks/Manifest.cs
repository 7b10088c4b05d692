using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>The signed list of a track's segments.</summary>
/// <remarks>Source: FORMAT.md §5. Sizes are bytes of the sealed objects; starts and durations are seconds on the session's clock.</remarks>
public sealed record Manifest(
    string Format,
    Guid Session,
    string Track,
    string Writer,
    string Region,
    string MediaType,
    string Consent,
    [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset StartedAt,
    [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset EndedAt,
    string End,
    IReadOnlyList<ManifestSegment> Segments,
    IReadOnlyList<Gap> Gaps,
    string Chain)
{
    public const string FormatName = "secure-recorder/manifest/1";
    public const string JwsType = "secure-recorder-manifest+jws";
    public const string RecorderWriter = "recorder";
    public const string ServerWriter = "server";

    /// <summary>The manifest of a track, with the chain over its segments.</summary>
    /// <param name="consentDigest">32 bytes; empty for the consent track.</param>
    /// <param name="end">One of <see cref="TrackEnd"/>.</param>
    /// <exception cref="ArgumentException">An end, a writer, a digest or a gap that no manifest has.</exception>
    public static Manifest Of(
        Guid session, TrackName track, string writer, string region, string mediaType, ReadOnlySpan<byte> consentDigest,
        DateTimeOffset startedAt, DateTimeOffset endedAt, string end, IReadOnlyList<ManifestSegment> segments, IReadOnlyList<Gap> gaps)
    {
        var consent = track == TrackName.Consent ? "" : Base64Url.EncodeToString(consentDigest);
        var chain = SegmentChain.Over(session, track, segments).Text;
        var manifest = new Manifest(FormatName, session, track.Value, writer, region, mediaType, consent, startedAt, endedAt, end, segments, gaps, chain);
        return manifest.Defect(track) is { } defect
            ? throw new ArgumentException($"This is no manifest of track '{track}' of session {session}: {defect}.", nameof(end))
            : manifest;
    }

    /// <summary>Signs the manifest: the content of <c>manifest.jws</c>.</summary>
    public string Sign(SigningKey key) => Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.Manifest), JwsType, key);

    /// <summary>Checks signature, identity, order of the segments and chain.</summary>
    /// <returns>The manifest and the key that signed it: the caller compares it with the recorder's and the server's.</returns>
    /// <exception cref="TrackAlteredException">Something does not match; the message says what.</exception>
    public static (Manifest Manifest, PublicSigningKey Signer) Verify(string compactJws, Guid session, TrackName track)
    {
        var verified = Jws.Verify(compactJws, JwsType);
        Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(verified.Payload, FormatJson.Default.Manifest);
        }
        catch (JsonException malformed)
        {
            throw new TrackAlteredException($"The manifest is not what FORMAT.md §5 says: {malformed.Message}", malformed);
        }

        if (manifest is not { Format: FormatName }) { throw new TrackAlteredException($"The manifest's format is '{manifest?.Format}', not '{FormatName}'."); }
        if (manifest.Session != session || manifest.Track != track.Value)
        {
            throw new TrackAlteredException($"The manifest is of track '{manifest.Track}' of session {manifest.Session}, not of '{track}' of {session}.");
        }

        if (manifest.Defect(track) is { } defect) { throw new TrackAlteredException($"The manifest of track '{track}' of session {session} is not what FORMAT.md §5 says: {defect}."); }

        return SegmentChain.Over(session, track, manifest.Segments).Text == manifest.Chain
            ? (manifest, verified.Key)
            : throw new TrackAlteredException($"The manifest's chain does not match its {manifest.Segments.Count} segments.");
    }

    /// <summary>What of it no manifest of this track may say; null: nothing.</summary>
    private string? Defect(TrackName track)
    {
        if (!TrackEnd.IsKnown(End)) { return $"its end is '{End}'"; }
        if (Writer is not (RecorderWriter or ServerWriter)) { return $"its writer is '{Writer}'"; }
        if (Writer != ServerWriter && (track == TrackName.Consent || track == TrackName.Chat || End == TrackEnd.Recovered)) { return $"its writer is the {Writer}, not the server"; }
        if (!StrictBase64Url.IsOf(track == TrackName.Consent ? 0 : SHA256.HashSizeInBytes, Consent)) { return $"its consent digest is '{Consent}'"; }

        foreach (var gap in Gaps)
        {
            if (gap is null || !GapReason.IsKnown(gap.Reason) || !SegmentChain.AreSeconds(gap.Start, gap.Duration))
            {
                return $"a gap is '{gap?.Reason}', {gap?.Duration} s from {gap?.Start} s";
            }
        }

        return null;
    }
}

/// <summary>One segment as the manifest has it.</summary>
/// <param name="Size">Bytes of the sealed object.</param>
/// <param name="Sha256">Base64url digest of the sealed object.</param>
/// <param name="Start">Seconds on the session's clock.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Key">Whether playing can begin here.</param>
public sealed record ManifestSegment(long Index, long Size, string Sha256, double Start, double Duration, bool Key)
{
    /// <summary>The digest's 32 bytes.</summary>
    /// <exception cref="TrackAlteredException">Not the base64url of a SHA-256 digest.</exception>
    public byte[] Digest()
    {
        try
        {
            var digest = StrictBase64Url.Decode(Sha256);
            if (digest.Length == SHA256.HashSizeInBytes) { return digest; }
        }
        catch (FormatException) { } // said below, with the index

        throw new TrackAlteredException($"The digest of segment {Index} is not the base64url of 32 bytes.");
    }
}

/// <summary>A stretch that was not recorded. Seconds on the session's clock.</summary>
public sealed record Gap(double Start, double Duration, string Reason);

/// <summary>Why a stretch was not recorded.</summary>
/// <remarks>Source: FORMAT.md §5.</remarks>
public static class GapReason
{
    public const string PausedByPerson = "paused-by-person";
    public const string PausedByTechnician = "paused-by-technician";
    public const string AwaitingConsent = "awaiting-consent";
    public const string Masked = "masked";
    public const string Lost = "lost";

    public static bool IsKnown(string? reason) => reason is PausedByPerson or PausedByTechnician or AwaitingConsent or Masked or Lost;
}

/// <summary>How a track came to its end.</summary>
/// <remarks>Source: FORMAT.md §5.</remarks>
public static class TrackEnd
{
    public const string Ended = "ended";
    public const string Withdrawn = "withdrawn";
    public const string ConnectionLost = "connection-lost";
    public const string Recovered = "recovered";

    public static bool IsKnown(string? end) => end is Ended or Withdrawn or ConnectionLost or Recovered;
}
