using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recording;

/// <summary>The recorder says that nothing follows. What it claims is checked against the commits and the bucket.</summary>
internal sealed class FinishRecording(CatalogueDb catalogue, FinishSession finish, PurgeSession purge, ChatRecorder chat, LiveSessions live)
{
    public async Task<IResult> RunAsync(Guid id, FinishRequest request, CancellationToken cancellation)
    {
        if (!TrackEnd.IsKnown(request.End) || request.End == TrackEnd.Recovered)
        {
            return Problems.BadRequest("This is not how a recording ends.", $"'{request.End}' is not one of {TrackEnd.Ended}, {TrackEnd.Withdrawn}, {TrackEnd.ConnectionLost}.");
        }

        if (request.Tracks is null) { return Problems.BadRequest("The tracks are missing.", "Name every track, how many segments it has, and whether its manifest was put."); }

        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == id, cancellation);
        if (Standing.Over(session.State)) { return TypedResults.Ok(new FinishAnswer(WordOf(session.State))); }
        if (session.ConsentAt is null) { return Problems.Forbidden("There is no consent.", "There is nothing to finish."); }

        foreach (var track in request.Tracks)
        {
            var committed = session.Tracks.FirstOrDefault(t => t.Name == track.Track)?.Segments ?? 0;
            if (track.Segments != committed)
            {
                return Problems.OutOfStep("Not everything is committed.", $"Track '{track.Track}' is said to have {track.Segments} segments; {committed} are committed.", committed);
            }
        }

        await chat.SealAsync(id, cancellation);
        var end = session.End ?? request.End; // who ended it first says how
        var outcome = await FinishAsync(id, end, [.. request.Tracks.Where(track => track.Manifest).Select(track => track.Track)], cancellation);
        if (outcome is FinishSession.Outcome.Finished)
        {
            chat.Forget(id);
            await purge.RunIfDueAsync(id, EraseRecording.Job, cancellation); // the person had it erased meanwhile
        }

        live.Refresh(id);
        return outcome switch
        {
            FinishSession.Outcome.Finished finished => TypedResults.Ok(new FinishAnswer(WordOf(finished.State))),
            FinishSession.Outcome.Refused refused => Problems.Conflict("The session cannot be finished so.", refused.Why),
            _ => Problems.NotFound("There is no such session.", "It was deleted."),
        };
    }

    /// <summary>Not while a withdrawal is being stored: it belongs into the track that is finished here.</summary>
    private async Task<FinishSession.Outcome> FinishAsync(Guid id, string end, IReadOnlyCollection<string> claimed, CancellationToken cancellation)
    {
        var living = live.Of(id);
        await living.Changing.WaitAsync(cancellation);
        try
        {
            return await finish.RunAsync(id, end, claimed, cancellation);
        }
        finally
        {
            living.Changing.Release();
        }
    }

    private static string WordOf(SessionState state) => state.ToString().ToLowerInvariant();
}
