using System.Text;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Which deletion certificates lie in the bucket. Only names are kept; a certificate is read when it is needed.</summary>
internal sealed class FoundCertificates
{
    private const string Prefix = "certificates/";

    private readonly Dictionary<Guid, List<string>> _tracks = [];

    /// <summary>Sessions that are deleted as a whole.</summary>
    public IReadOnlyCollection<Guid> Sessions { get; private set; } = [];

    public static async Task<FoundCertificates> ListAsync(IObjectStore store, CancellationToken cancellation)
    {
        var (found, sessions) = (new FoundCertificates(), new List<Guid>());
        await foreach (var certificate in store.ListAsync(Prefix, startAfter: null, cancellation))
        {
            if (!certificate.Name.EndsWith(".jws", StringComparison.Ordinal)) { continue; }

            var parts = certificate.Name[Prefix.Length..^4].Split('/');
            if (!Guid.TryParseExact(parts[0], "D", out var session)) { continue; }

            if (parts is [_]) { sessions.Add(session); }
            else if (parts is [_, var track] && Storage.Sealing.TrackName.IsValid(track))
            {
                if (!found._tracks.TryGetValue(session, out var tracks)) { found._tracks.Add(session, tracks = []); }
                tracks.Add(track);
            }
        }

        found.Sessions = sessions;
        return found;
    }

    /// <summary>Tracks of a session that were deleted alone.</summary>
    public IReadOnlyList<string> TracksOf(Guid session) => _tracks.GetValueOrDefault(session) ?? [];

    /// <param name="track">Null: of all of the session.</param>
    /// <exception cref="TrackAlteredException">It is none, or not of this session.</exception>
    public static async Task<ReadCertificate> ReadAsync(IObjectStore store, Guid session, string? track, CancellationToken cancellation)
    {
        var content = await store.GetAsync(DeletionCertificate.ObjectName(session, track), DeletionCertificate.SizeLimit, cancellation)
            ?? throw new TrackAlteredException($"The deletion certificate of session {session} was removed while it was read.");
        var jws = Encoding.ASCII.GetString(content);
        var (certificate, signer) = DeletionCertificate.Verify(jws, session, track);
        return new(jws, certificate, signer);
    }
}

/// <summary>A certificate whose signature matches <paramref name="Signer"/>.</summary>
internal sealed record ReadCertificate(string Jws, DeletionCertificate Certificate, PublicSigningKey Signer);
