using SecureRecorder.Benchmarks.Chat;
using SecureRecorder.Benchmarks.Live;
using SecureRecorder.Benchmarks.Posture;
using SecureRecorder.Benchmarks.Purge;
using SecureRecorder.Benchmarks.Recovery;
using SecureRecorder.Benchmarks.Replay;
using SecureRecorder.Benchmarks.Retention;
using SecureRecorder.Benchmarks.Rewrap;
using SecureRecorder.Benchmarks.Sealing;
using SecureRecorder.Benchmarks.Search;
using SecureRecorder.Benchmarks.Upload;

// Each verb is one benchmark: it measures us and a yardstick in the same run, by turns, and prints medians and ratios.
// A benchmark returns false when a target is missed: the exit code is then 1.
var benchmarks = new Dictionary<string, Func<Task<bool>>>(StringComparer.Ordinal)
{
    ["sealing"] = SealingBenchmark.RunAsync,
    ["upload"] = UploadBenchmark.RunAsync,
    ["replay"] = ReplayBenchmark.RunAsync,
    ["viewers"] = ViewersBenchmark.RunAsync,
    ["posture"] = PostureBenchmark.RunAsync,
    ["purge"] = PurgeBenchmark.RunAsync,
    ["rewrap"] = RewrapBenchmark.RunAsync,
    ["recover"] = RecoveryBenchmark.RunAsync,
    ["redaction"] = RedactionBenchmark.RunAsync,
    ["live"] = LiveSessionsBenchmark.RunAsync,
    ["search"] = () => SearchBenchmark.RunAsync(args[1..]),
    ["next-to-purge"] = () => NextToPurgeBenchmark.RunAsync(args[1..]),
};

if (args is not [var verb, .. var rest] || !benchmarks.TryGetValue(verb, out var benchmark) || (verb is "search" or "next-to-purge" ? !SearchBenchmark.Understands(rest) : rest.Length > 0))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project tests/Benchmarks -- {string.Join('|', benchmarks.Keys)}");
    Console.Error.WriteLine($"       … -- search {SearchBenchmark.Usage}");
    Console.Error.WriteLine($"       … -- next-to-purge {SearchBenchmark.Usage}");
    return 2;
}

return await benchmark() ? 0 : 1;
