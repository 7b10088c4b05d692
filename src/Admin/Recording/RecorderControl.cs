using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Admin.Recording;

/// <summary>Tells a recorder what to do: at once, at every change, and every two seconds, so that it knows that everybody is still there.</summary>
internal sealed partial class RecorderControl(LiveSessions sessions, SessionControl control, ConsentProofs proofs, TimeProvider clock, ILogger<RecorderControl> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(250);

    public async IAsyncEnumerable<SseItem<string>> EventsAsync(Guid id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var session = sessions.Of(id);
        using var here = session.RecorderHere();
        while (!cancellation.IsCancellationRequested)
        {
            var changed = session.Changed; // taken before reading what it announces
            await control.StepAsync(session, cancellation); // the page says "recording" before the recorder is told to
            var standing = await sessions.StandingAsync(session, cancellation);
            if (standing.State is SessionState.Recording && session.IsSettling(standing))
            {
                await changed.OrAfterAsync(Settling, clock, cancellation);
                continue;
            }

            var said = await EventAsync(session, standing, cancellation);
            yield return new SseItem<string>(JsonSerializer.Serialize(said, RecordingJson.Default.ControlEvent), "control");
            if (said.Phase == ControlPhase.Closed) { yield break; }

            await changed.OrAfterAsync(Interval, clock, cancellation);
        }
    }

    private async Task<ControlEvent> EventAsync(LiveSession session, Standing standing, CancellationToken cancellation)
    {
        var unseen = session.Unseen(standing);
        var (phase, reason) = LiveRules.Phase(standing, unseen);
        var proof = standing.HasConsent && phase != ControlPhase.Closed ? await ProofAsync(session.Id, standing.ConsentDigest, cancellation) : null;
        return new(phase, reason, unseen is { } since ? (long)since.TotalMilliseconds : null, proof?.Receipt, proof?.Countersignature);
    }

    private async Task<ConsentProof?> ProofAsync(Guid session, byte[]? digest, CancellationToken cancellation)
    {
        try
        {
            return await proofs.ReadAsync(session, digest, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNoProof(failure, session); // a recorder that has it goes on; one that does not captures nothing
            return null;
        }
    }

    [LoggerMessage(2301, LogLevel.Warning, "The consent of session {Session} cannot be read back from the bucket")]
    private partial void LogNoProof(Exception failure, Guid session);
}
