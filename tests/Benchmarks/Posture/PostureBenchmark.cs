using System.Diagnostics;
using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Posture;

/// <summary>How many bucket policies one core judges in a second, reading each anew, and how long a whole look at a bucket in a local S3 server (Ceph) takes.</summary>
internal static class PostureBenchmark
{
    private const int Rounds = 7;
    private const int Documents = 20_000;
    private const double DocumentsTarget = 20_000;
    private const double LookTarget = 3000;

    public static async Task<bool> RunAsync()
    {
        var perSecond = MeasureDocuments();
        Console.WriteLine($"policies judged by one core                 {perSecond,22} a second, medians of {Rounds} rounds of {Documents} (middle half); target {DocumentsTarget:0}");

        var look = await MeasureLookAsync();
        Console.WriteLine($"a whole look at a bucket in Ceph            {look,22} ms, medians of {Rounds} rounds (middle half); target {LookTarget:0} ms");
        return perSecond.Median >= DocumentsTarget && look.Median <= LookTarget;
    }

    private static Samples MeasureDocuments()
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Repository.File("tests/RetentionJobs.Tests/Posture/cases.json")));
        var texts = cases.RootElement.EnumerateArray().Where(json => json.GetProperty("kind").GetString() == "policy").Select(json => json.GetRawText()).ToArray();
        var found = new Samples();
        for (var round = -1; round < Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < Documents; i++)
            {
                using var document = JsonDocument.Parse(texts[i % texts.Length]);
                JudgePosture.Run(PostureCase.Read(document.RootElement, i));
            }

            if (round >= 0) { found.Add(Documents / Stopwatch.GetElapsedTime(begun).TotalSeconds); } // the first one is the compiler's
        }

        return found;
    }

    private static async Task<Samples> MeasureLookAsync()
    {
        await using var s3 = new S3Server();
        await s3.InitializeAsync();
        var location = new S3LocationOptions { Endpoint = s3.Endpoint, Region = s3.Region, Bucket = await s3.NewBucketAsync(), AccessKeyId = s3.AccessKey, SecretAccessKey = s3.SecretKey };
        var took = new Samples();
        for (var round = 0; round < Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            await CheckBucket.RunAsync(location, new(null, [], null), CancellationToken.None);
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return took;
    }
}
