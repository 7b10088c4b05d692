using System.Diagnostics;
using System.Globalization;
using SecureRecorder.Benchmarks.Search;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Benchmarks.Retention;

/// <summary>How long a page of what is deleted next takes among the tracks of 20,000, 200,000 and 2,000,000 sessions, or as many as asked for, on each database: more than half of the sessions are deleted already, and every one that is not has four tracks.</summary>
internal static class NextToPurgeBenchmark
{
    private const int PageLength = 50;
    private const int Rounds = 40;
    private const int DaysAhead = 365;

    /// <summary>Milliseconds that a page may take, at the 95th percentile.</summary>
    private const double Target = 50;

    private static readonly int[] UsualSizes = [20_000, 200_000, 2_000_000];
    private static readonly DateTimeOffset Now = GeneratedCatalogue.End;
    private static readonly string[] Names = ["consent", "video", "thumbnails", "chat"];

    /// <param name="arguments">The databases, by default all of them, and how many sessions.</param>
    public static async Task<bool> RunAsync(string[] arguments)
    {
        var isMet = true;
        string[] names = [.. arguments.TakeWhile(SearchBenchmark.Databases.ContainsKey)];
        int[] sizes = [.. arguments[names.Length..].Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        foreach (var name in names.Length == 0 ? [.. SearchBenchmark.Databases.Keys] : names)
        {
            await using var database = SearchBenchmark.Databases[name]();
            foreach (var size in sizes.Length == 0 ? UsualSizes : sizes)
            {
                var (watch, tracks) = (Stopwatch.StartNew(), 0L);
                await database.FillAsync(size, number => Session(number, size), session => Tracks(session).Select(track => { tracks++; return track; }));
                Console.WriteLine($"{database.Name}: {size:N0} sessions, {tracks:N0} tracks written in {watch.Elapsed.TotalSeconds:N0} s; milliseconds at the median and at the 95th percentile of {Rounds} rounds");
                foreach (var (what, times, hasTarget) in await MeasureAsync(database))
                {
                    var late = hasTarget && times.At(0.95) > Target;
                    Console.WriteLine($"  {what,-50}{times.Median,10:F1} {times.At(0.95),8:F1}{(late ? "  MISSED" : "")}");
                    isMet &= !late;
                }
            }
        }

        Console.WriteLine($"target {Target:N0} ms at the 95th percentile{(isMet ? "" : "  MISSED")}");
        return isMet;
    }

    private static async Task<IReadOnlyList<(string What, Samples Times, bool HasTarget)>> MeasureAsync(SearchDatabase database)
    {
        var (today, middle) = (RetentionDates.DayOf(Now), RetentionDates.BeginningOf(RetentionDates.DayOf(Now) + DaysAhead / 2));
        (string What, Func<NextDeletions, Task> Ask, bool HasTarget, Samples Times)[] cases =
        [
            ("next to purge: what is due", next => next.ListAsync(null, Now, null, PageLength, default), true, new()),
            ("next to purge: from now on", next => next.ListAsync(Now, DateTimeOffset.MaxValue, null, PageLength, default), true, new()),
            ("a day in half a year", next => next.ListAsync(middle, middle.AddDays(1), null, PageLength, default), true, new()),
            ("the same, from its middle on", next => next.ListAsync(middle, middle.AddDays(1), new(middle.AddDays(1).AddMilliseconds(-1), new("017fffff-0000-7000-8000-000000000000"), null), PageLength, default), true, new()),
            ("the calendar of a month", next => next.DaysAsync(today + 30, today + 60, default), false, new()),
        ];
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (_, ask, _, times) in cases)
            {
                await using var catalogue = database.Open(); // as for a request
                var began = Stopwatch.GetTimestamp();
                await ask(new(catalogue));
                if (round >= 0) { times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds); }
            }
        }

        return [.. cases.Select(c => (c.What, c.Times, c.HasTarget))];
    }

    private static RecordedSession Session(int number, int count)
    {
        var session = GeneratedCatalogue.Session(number, count);
        session.ShownDay = (int)RetentionDates.DayOf(session.CreatedAt);
        session.KeepUntil = !RetentionDates.Kept.Contains(session.State) ? session.CreatedAt : RetentionDates.EndOf(RetentionDates.DayOf(Now) + ((long)number * 7919 % DaysAhead));
        session.LastSize = 40_000_000;
        return session;
    }

    /// <summary>A third of the chats goes before the rest.</summary>
    private static IEnumerable<RecordedTrack> Tracks(RecordedSession session) => !RetentionDates.Kept.Contains(session.State) ? [] : Names.Select(name => new RecordedTrack
    {
        Session = session.Id, Name = name, MediaType = "video/mp4", Segments = 200, Size = 10_000_000, Duration = 1080,
        KeepUntil = name == "chat" && session.CreatedAt.Ticks % 3 == 0 ? session.KeepUntil!.Value.AddDays(-10) : null,
    });
}
