using System.Diagnostics;
using System.Globalization;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Benchmarks.Search;

/// <summary>How long a page of the list takes among 20,000, 200,000 and 2,000,000 sessions, or as many as asked for, on each database; every search once to warm up, then by turns.</summary>
internal static class SearchBenchmark
{
    private const int PageLength = 50;
    private const int Rounds = 40;

    /// <summary>Milliseconds that a page may take, at the 95th percentile.</summary>
    private const double Target = 50;

    public const string Usage = "[sqlite|postgresql] [SESSIONS…]";

    private static readonly int[] UsualSizes = [20_000, 200_000, 2_000_000];

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, Func<SearchDatabase>> Databases { get; } = new Dictionary<string, Func<SearchDatabase>>(StringComparer.Ordinal) { ["sqlite"] = () => new SqliteSearchDatabase(), ["postgresql"] = () => new PostgresSearchDatabase() };

    public static bool Understands(string[] arguments) => arguments.SkipWhile(Databases.ContainsKey).All(size => int.TryParse(size, CultureInfo.InvariantCulture, out var count) && count > 0);

    /// <param name="arguments">The databases, by default all of them, and how many sessions.</param>
    public static async Task<bool> RunAsync(string[] arguments)
    {
        var isMet = true;
        string[] names = [.. arguments.TakeWhile(Databases.ContainsKey)];
        int[] sizes = [.. arguments[names.Length..].Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        if (sizes.Length == 0) { sizes = UsualSizes; }
        foreach (var name in names.Length == 0 ? [.. Databases.Keys] : names)
        {
            await using var database = Databases[name]();
            var times = new List<Dictionary<string, Samples>>();
            foreach (var size in sizes)
            {
                var watch = Stopwatch.StartNew();
                await database.FillAsync(size);
                Console.WriteLine($"{database.Name}: {size:N0} sessions written in {watch.Elapsed.TotalSeconds:N0} s");
                times.Add(await MeasureAsync(database, size));
            }

            Console.WriteLine($"{database.Name}, pages of {PageLength}, milliseconds at the median and at the 95th percentile of {Rounds} rounds");
            Console.WriteLine($"{"",-60}{string.Concat(sizes.Select(size => $"{size,22:N0}"))}");
            foreach (var search in times[0].Keys)
            {
                var late = times[^1][search].At(0.95) > Target;
                Console.WriteLine($"{search,-60}{string.Concat(times.Select(of => $"{of[search].Median,13:F1} {of[search].At(0.95),8:F1}"))}{(late ? "  MISSED" : "")}");
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
