using SecureRecorder.Benchmarks.Chat;
using SecureRecorder.Benchmarks.Live;
using SecureRecorder.Benchmarks.Replay;
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
    ["redaction"] = RedactionBenchmark.RunAsync,
    ["live"] = LiveSessionsBenchmark.RunAsync,
    ["search"] = SearchBenchmark.RunAsync,
};

if (args is not [var verb] || !benchmarks.TryGetValue(verb, out var benchmark))
{
    Console.Error.WriteLine($"usage: dotnet run -c Release --project tests/Benchmarks -- {string.Join('|', benchmarks.Keys)}");
    return 2;
}

return await benchmark() ? 0 : 1;
