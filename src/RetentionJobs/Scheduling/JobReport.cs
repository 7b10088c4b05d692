using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>What a run says of itself: what it did, how far it is, and what it could not do. One for each run.</summary>
public sealed class JobReport
{
    private readonly Lock _lock = new();
    private readonly List<Count> _counts = [];
    private Exception? _failure;
    private (int Done, int Total) _progress;

    /// <summary>Counts what was done: <c>Did("session", "deleted")</c>, three times, reads "3 sessions deleted".</summary>
    /// <param name="thing">In the singular; its plural ends with an s.</param>
    public void Did(string thing, string what, int count = 1)
    {
        lock (_lock) { Add(thing, what, count); }
    }

    /// <summary>Counts what could not be done and is tried again: the run goes on, and counts as failed.</summary>
    /// <param name="why">Of several the first one is told.</param>
    public void Failed(string thing, string what, Exception why)
    {
        lock (_lock)
        {
            Add(thing, what, 1);
            _failure ??= why;
        }
    }

    public void Progress(int done, int total)
    {
        lock (_lock) { _progress = (done, total); }
    }

    internal Told Tell()
    {
        lock (_lock)
        {
            var did = string.Join(", ", _counts.Select(count => $"{count.Number} {count.Thing}{(count.Number == 1 ? "" : "s")} {count.What}"));
            return new(did.Length == 0 ? null : Line(did), _failure is null ? null : WordsOf(_failure), _progress.Done, _progress.Total);
        }
    }

    /// <summary>Why something failed, on one line.</summary>
    internal static string WordsOf(Exception failure) => Line(failure.Message is { Length: > 0 } message ? message : failure.GetType().Name);

    private static string Line(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace('\0', ' ');
        return line.Length <= JobRun.TextLimit ? line : line[..(JobRun.TextLimit - 1)] + "…";
    }

    private void Add(string thing, string what, int count)
    {
        if (count == 0) { return; }

        var known = _counts.FindIndex(one => one.Thing == thing && one.What == what);
        if (known < 0) { _counts.Add(new(thing, what, count)); }
        else { _counts[known] = _counts[known] with { Number = _counts[known].Number + count }; }
    }

    /// <param name="Did">Null: nothing.</param>
    /// <param name="Failure">Null: nothing failed.</param>
    /// <param name="Total">0: it does not say.</param>
    internal sealed record Told(string? Did, string? Failure, int Done, int Total);

    private sealed record Count(string Thing, string What, int Number);
}
