using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>Changes that are a participant's to make as long as they have not decided.</summary>
internal sealed class WhileDeciding(CatalogueDb catalogue, LiveSessions live, TimeProvider clock)
{
    /// <param name="change">Changes the participant, or returns false and changes nothing.</param>
    /// <returns>Whether it was changed; false also where the decision is made or the time is over.</returns>
    public async Task<bool> ChangeAsync(Guid id, string name, Func<Participant, Task<bool>> change, CancellationToken cancellation)
    {
        var living = live.Of(id);
        await living.Changing.WaitAsync(cancellation); // never while a consent is being stored
        try
        {
            return await catalogue.ChangeAsync(async () =>
            {
                var session = await catalogue.Sessions.Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
                var participant = session.Of(name);
                if (!LiveRules.IsOpen(session) || participant.State is not ParticipantState.Deciding || clock.GetUtcNow() > participant.DecideUntil || !await change(participant)) { return false; }

                await catalogue.SaveChangesAsync(cancellation);
                living.Take(Standing.Of(session));
                return true;
            });
        }
        finally
        {
            living.Changing.Release();
        }
    }
}
