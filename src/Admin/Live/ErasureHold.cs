using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>Whether a legal hold forbids what a participant was promised: that what was stored is erased now.</summary>
internal sealed class ErasureHold(CatalogueDb catalogue, TimeProvider clock)
{
    public async Task<bool> AppliesAsync(Guid session, Standing standing, CancellationToken cancellation) => standing.State switch
    {
        SessionState.Purging => await catalogue.IsHeldAsync(session, cancellation),
        SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost =>
            standing.End == TrackEnd.Withdrawn && standing.KeepUntil <= clock.GetUtcNow() && await catalogue.IsHeldAsync(session, cancellation),
        _ => false,
    };
}
