using System.Diagnostics;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Benchmarks.Search;

/// <summary>How long a page of the list takes among 20,000, 200,000 and 2,000,000 sessions, on each database; every search once to warm up, then by turns.</summary>
internal static class SearchBenchmark
{
    private const int PageLength = 50;
    private const int Rounds = 40;

    /// <summary>Milliseconds that a page may take, at the 95th percentile.</summary>
    private const double Target = 50;

    private static readonly int[] Sizes = [20_000, 200_000, 2_000_000];

    public static async Task<bool> RunAsync()
    {
        var isMet = true;
        foreach (var open in (Func<SearchDatabase>[])[() => new SqliteSearchDatabase(), () => new PostgresSearchDatabase()])
        {
            await using var database = open();
            var times = new List<Dictionary<string, Samples>>();
            foreach (var size in Sizes)
            {
                var watch = Stopwatch.StartNew();
                await database.FillAsync(size);
                Console.WriteLine($"{database.Name}: {size:N0} sessions written in {watch.Elapsed.TotalSeconds:N0} s");
                times.Add(await MeasureAsync(database, size));
            }

            Console.WriteLine($"{database.Name}, pages of {PageLength}, milliseconds at the median and at the 95th percentile of {Rounds} rounds");
            Console.WriteLine($"{"",-60}{string.Concat(Sizes.Select(size => $"{size,22:N0}"))}");
            foreach (var name in times[0].Keys)
            {
                var late = times[^1][name].At(0.95) > Target;
                Console.WriteLine($"{name,-60}{string.Concat(times.Select(of => $"{of[name].Median,13:F1} {of[name].At(0.95),8:F1}"))}{(late ? "  MISSED" : "")}");
                isMet &= !late;
            }
        }

        Console.WriteLine($"target {Target:N0} ms at the 95th percentile{(isMet ? "" : "  MISSED")}");
        return isMet;
    }

    private static async Task<Dictionary<string, Samples>> MeasureAsync(SearchDatabase database, int size)
    {
        var cases = SearchCases.Of(size);
        var times = cases.ToDictionary(search => search.Name, _ => new Samples(), StringComparer.Ordinal);
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (name, scope, criteria, place) in cases)
            {
                await using var catalogue = database.Open(); // as for a request
                var began = Stopwatch.GetTimestamp();
                await new SearchSessions(catalogue).RunAsync(scope, criteria, place, PageLength, CancellationToken.None);
                if (round >= 0) { times[name].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds); }
            }
        }

        return times;
    }
}
