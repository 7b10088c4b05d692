using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Admin.Recording;

/// <summary>Tells a recorder what to do: at once, at every change, and every two seconds, so that it knows that the person is still there.</summary>
internal sealed partial class RecorderControl(LiveSessions sessions, ConsentProofs proofs, TimeProvider clock, ILogger<RecorderControl> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public async IAsyncEnumerable<SseItem<string>> EventsAsync(Guid id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var session = sessions.Of(id);
        using var here = session.RecorderHere();
        while (!cancellation.IsCancellationRequested)
        {
            var changed = session.Changed; // taken before reading what it announces
            var said = await EventAsync(session, cancellation);
            yield return new SseItem<string>(JsonSerializer.Serialize(said, RecordingJson.Default.ControlEvent), "control");
            if (said.Phase == ControlPhase.Closed) { yield break; }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(changed, Task.Delay(Interval, clock, pause.Token));
            await pause.CancelAsync();
        }
    }

    private async Task<ControlEvent> EventAsync(LiveSession session, CancellationToken cancellation)
    {
        var standing = await sessions.StandingAsync(session, cancellation);
        var unseen = session.PersonUnseen;
        var (phase, reason) = LiveRules.Phase(standing, unseen);
        var proof = standing.HasConsent && phase != ControlPhase.Closed ? await ProofAsync(session.Id, cancellation) : null;
        return new(phase, reason, unseen is { } since ? (long)since.TotalMilliseconds : null, proof?.Receipt, proof?.Countersignature);
    }

    private async Task<ConsentProof?> ProofAsync(Guid session, CancellationToken cancellation)
    {
        try
        {
            return await proofs.ReadAsync(session, cancellation);
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
