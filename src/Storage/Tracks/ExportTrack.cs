using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>Where an export lies: a track of its session, written by the server, that dies with the session and is no part of the recording.</summary>
/// <remarks>Source: FORMAT.md §6, "Exports".</remarks>
public static class ExportTrack
{
    public const string MediaType = "application/zip";

    private const string Prefix = "export-";

    private static ReadOnlySpan<byte> Label => "secure-recorder/export/1\0"u8;

    /// <summary>The track of this export: as much of its number as a name can hold.</summary>
    public static TrackName Of(Guid export) => new(Prefix + export.ToString("N")[^(TrackName.MaximumLength - Prefix.Length)..]);

    public static bool IsOne(string track) => track.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What stands in the place of the consent digest: it opens under this receipt, as this export of this account, and as nothing else.</summary>
    /// <param name="consentDigest">32 bytes (FORMAT.md §4).</param>
    /// <returns>32 bytes.</returns>
    public static byte[] Bind(ReadOnlySpan<byte> consentDigest, Guid export, string requester) =>
        SHA256.HashData([.. Label, .. consentDigest, .. export.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(requester)]);
}
