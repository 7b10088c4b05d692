using System.Globalization;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation.Jobs;

/// <summary>Runs and intervals in words.</summary>
internal static class JobWords
{
    /// <summary>What came of a run that is over.</summary>
    public static string Of(JobRun run) => run.Outcome switch
    {
        JobOutcome.Failed => string.Join(". ", new[] { run.Did, $"Failed: {run.Failure}" }.Where(words => !string.IsNullOrEmpty(words))),
        JobOutcome.Stopped => run.Did is { } did ? $"{did}, then the server stopped" : "The server stopped meanwhile",
        JobOutcome.Nothing => "Nothing to do",
        _ => run.Did ?? "Done",
    };

    public static string Took(JobRun run) => run.EndedAt is not { } ended ? "–"
        : (ended - run.BeganAt) switch
        {
            { TotalSeconds: < 1 } took => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, took.TotalMilliseconds):0} ms"),
            { TotalMinutes: < 1 } took => $"{took.TotalSeconds:0} s",
            var took => $"{Words.Duration(took.TotalSeconds)}{(took.TotalHours < 1 ? " min" : " h")}",
        };

    public static string Every(TimeSpan every) => every switch
    {
        { TotalDays: >= 1 } => Unit(every.TotalDays, "day"),
        { TotalHours: >= 1 } => Unit(every.TotalHours, "hour"),
        { TotalMinutes: >= 1 } => Unit(every.TotalMinutes, "minute"),
        _ => Unit(every.TotalSeconds, "second"),
    };

    public static string Ago(TimeSpan time) => $"{Round(time)} ago";

    public static string In(TimeSpan time) => time <= TimeSpan.Zero ? "at once" : $"in {Round(time)}";

    private static string Round(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => $"{time.TotalDays:0} days",
        { TotalHours: >= 2 } => $"{time.TotalHours:0} hours",
        { TotalMinutes: >= 2 } => $"{time.TotalMinutes:0} min",
        _ => $"{Math.Max(0, time.TotalSeconds):0} s",
    };

    private static string Unit(double count, string unit) => count is 1 ? $"Every {unit}" : string.Create(CultureInfo.InvariantCulture, $"Every {count:0.#} {unit}s");
}
