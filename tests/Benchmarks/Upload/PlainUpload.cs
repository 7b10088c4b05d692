using System.Diagnostics;
using System.Security.Cryptography;
using SecureRecorder.Recorder.Upload;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Benchmarks.Upload;

/// <summary>The yardstick: one pooled <see cref="HttpClient"/> that puts the same bytes, unsealed, through addresses that it has already.</summary>
internal sealed class PlainUpload(S3ObjectStore store, int objects, int size) : IDisposable
{
    /// <summary>PUTs at the same time: the recorder's.</summary>
    public const int Parallelism = Uploader.Parallelism;

    private readonly byte[] _content = RandomNumberGenerator.GetBytes(size);
    private readonly HttpClient _http = new();

    /// <summary>Bytes a second.</summary>
    public async Task<double> MeasureAsync()
    {
        var folder = Guid.NewGuid();
        var addresses = Enumerable.Range(0, objects).Select(index => store.PresignPut($"plain/{folder}/{index:D8}", TimeSpan.FromMinutes(10))).ToList();
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(addresses, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (address, cancellation) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, address.Url) { Content = new ReadOnlyMemoryContent(_content) };
            foreach (var (name, value) in address.Headers) { request.Headers.TryAddWithoutValidation(name, value); }
            using var answer = await _http.SendAsync(request, cancellation);
            answer.EnsureSuccessStatusCode();
        });
        return (double)objects * size / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    public void Dispose() => _http.Dispose();
}
