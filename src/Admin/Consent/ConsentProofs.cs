using SecureRecorder.Admin.Live;

namespace SecureRecorder.Admin.Consent;

/// <summary>Receipt and countersignature of a session: from memory, or, after a restart, opened from the bucket. They lie nowhere else.</summary>
internal sealed class ConsentProofs(ConsentTrack track, LiveSessions live)
{
    public async Task<ConsentProof> ReadAsync(Guid session, CancellationToken cancellation)
    {
        var living = live.Of(session);
        return living.Proof ??= await track.ReadAsync(session, cancellation);
    }
}
