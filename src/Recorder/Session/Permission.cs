using System.Runtime.InteropServices;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Session;

/// <summary>Whether the recorder may capture now. Fails closed: what is not known is a no.</summary>
/// <param name="May">Capture.</param>
/// <param name="Reason">Else: why not, one of <see cref="GapReason"/>.</param>
/// <param name="Until">While it may: how long that holds if nothing more is heard.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Permission(bool May, string Reason, TimeSpan Until)
{
    /// <summary>Since the person's page was last heard of.</summary>
    public static readonly TimeSpan PersonSeenLimit = TimeSpan.FromSeconds(10);

    public static Permission Of(ControlState? state, TimeProvider time)
    {
        if (state is null) { return new(false, GapReason.Lost, Timeout.InfiniteTimeSpan); }
        if (state.Event.Phase == ControlPhase.Waiting) { return new(false, GapReason.AwaitingConsent, Timeout.InfiniteTimeSpan); }
        if (state.Event.Phase == ControlPhase.Pause)
        {
            return new(false, GapReason.IsKnown(state.Event.Reason) ? state.Event.Reason! : GapReason.Lost, Timeout.InfiniteTimeSpan);
        }

        if (state.Event is not { Phase: ControlPhase.Record, PersonSeenMsAgo: { } seen }) { return new(false, GapReason.Lost, Timeout.InfiniteTimeSpan); }

        var limitMs = (long)PersonSeenLimit.TotalMilliseconds;
        var left = TimeSpan.FromMilliseconds(limitMs - Math.Clamp(seen, 0, limitMs)) - time.GetElapsedTime(state.ArrivedAt);
        return left > TimeSpan.Zero ? new(true, "", left) : new(false, GapReason.Lost, Timeout.InfiniteTimeSpan);
    }
}
