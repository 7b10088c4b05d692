using System.Runtime.ExceptionServices;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;

namespace SecureRecorder.Recorder.Upload;

/// <summary>Empties a session's spool: puts its objects in parallel, commits them in batches.</summary>
internal sealed class Uploader(SessionSpool spool, RecorderApi api, ObjectUpload upload, TimeProvider time)
{
    /// <summary>PUTs at the same time.</summary>
    public const int Parallelism = 4;

    /// <summary>Segments that one request commits; as many are committed at once, whatever the time.</summary>
    public const int CommitBatch = 120;

    /// <summary>The longest that a stored segment waits for its commit: who watches live waits for it too.</summary>
    public static readonly TimeSpan CommitDelay = TimeSpan.FromSeconds(1);

    private const int RepairLimit = 5; // times in a row that the server may miss the same object

    private readonly Signal _changed = new();
    private volatile Exception? _failure;

    /// <summary>Runs until the spool is complete and all of it acknowledged.</summary>
    /// <exception cref="ServerRefusedException">The server will never take the rest.</exception>
    /// <exception cref="SpoolDamagedException">Somebody removed what waits in the spool.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        spool.Changed = _changed.Set;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var puts = Task.WhenAll(Enumerable.Range(0, Parallelism).Select(_ => PutAllOrFailAsync(stop.Token)));
        _ = puts.ContinueWith(_ => _changed.Set(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await CommitAllAsync(puts, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            spool.Changed = null;
        }
    }

    private async Task PutAllOrFailAsync(CancellationToken cancellation)
    {
        try
        {
            await PutAllAsync(cancellation);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            _failure = failed; // the others may wait for objects for ever
            _changed.Set();
        }
    }

    private async Task PutAllAsync(CancellationToken cancellation)
    {
        await foreach (var waiting in spool.Queue.ReadAllAsync(cancellation))
        {
            if (await upload.PutAsync(waiting, cancellation)) { spool.MarkStored(waiting, time.GetTimestamp()); }
        }
    }

    private async Task CommitAllAsync(Task puts, CancellationToken cancellation)
    {
        while (true)
        {
            if (_failure is { } failure) { ExceptionDispatchInfo.Throw(failure); }

            var wait = Timeout.InfiniteTimeSpan;
            foreach (var track in spool.Tracks)
            {
                while (Due(track, puts.IsCompleted, ref wait)) { await CommitAsync(track, track.Committed, cancellation); }
            }

            if (puts.IsCompleted && spool.Tracks.All(track => track.Committed == track.Segments.Count))
            {
                await CommitLastGapsAsync(cancellation);
                return;
            }

            await _changed.WaitAsync(wait, time, cancellation);
        }
    }

    /// <summary>A gap that reaches to the session's end has no segment after it: the last one is committed again, with all gaps.</summary>
    private async Task CommitLastGapsAsync(CancellationToken cancellation)
    {
        foreach (var track in spool.Tracks.Where(track => track.Committed > 0 && track.CommittedGaps < spool.Gaps.Count))
        {
            await CommitAsync(track, track.Committed - 1, cancellation);
        }
    }

    private bool Due(TrackSpool track, bool all, ref TimeSpan wait)
    {
        var ready = track.Stored - track.Committed;
        if (ready == 0 || !track.KeyStored) { return false; }
        if (all || ready >= CommitBatch) { return true; }

        var left = CommitDelay - time.GetElapsedTime(track.WaitsSince);
        if (left <= TimeSpan.Zero) { return true; }
        if (wait < TimeSpan.Zero || left < wait) { wait = left; }
        return false;
    }

    private async Task CommitAsync(TrackSpool track, long first, CancellationToken cancellation)
    {
        for (var repairs = 0; ;)
        {
            var end = Math.Min(track.Stored, track.Committed + CommitBatch);
            var (segments, checkpoint) = spool.BatchOf(track, first, end);
            var gaps = spool.Gaps;
            try
            {
                var answer = await api.CommitAsync(new(track.Name, track.MediaType, track.StartedAt, first, segments, gaps, checkpoint), cancellation);
                if (answer.Committed < end) { throw new ServerRefusedException($"The server acknowledged {answer.Committed} of {end} segments of track '{track.Name}'.", default, null, null); }
                spool.MarkCommitted(track, end, gaps.Count, time.GetTimestamp());
                return;
            }
            catch (ServerRefusedException refused) when (refused.Expected is { } expected && expected < end && repairs++ < RepairLimit)
            {
                if (expected >= first && spool.Find(track, expected) is { } missing) { await upload.PutAsync(missing, cancellation); }
                first = Math.Max(expected, 0);
            }
        }
    }
}
