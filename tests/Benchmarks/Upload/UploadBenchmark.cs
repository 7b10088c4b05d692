using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Upload;

/// <summary>How fast a recorder seals, spools, puts and commits, beside a plain client that puts as many bytes unsealed into the same server.</summary>
internal static class UploadBenchmark
{
    private const int Segments = 480;
    private const int SegmentSize = 250 << 10;
    private const int Rounds = 7;
    private const int WarmUp = 3; // until the server is compiled
    private const double Target = 0.9;

    public static async Task<bool> RunAsync()
    {
        await using var s3 = new S3Server();
        await s3.InitializeAsync();
        var location = new S3LocationOptions
        {
            Endpoint = s3.Endpoint, Region = s3.Region, Bucket = S3Server.NewBucketName(), AccessKeyId = s3.AccessKey, SecretAccessKey = s3.SecretKey,
        };
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?>
        {
            ["Location__Kind"] = "s3",
            ["Location__Endpoint"] = s3.Endpoint.ToString(),
            ["Location__Region"] = location.Region,
            ["Location__Bucket"] = location.Bucket,
            ["Location__AccessKeyId"] = location.AccessKeyId,
            ["Location__SecretAccessKey"] = location.SecretAccessKey,
        });
        using var store = new S3ObjectStore(location, TimeProvider.System);
        using var plain = new PlainUpload(store, Segments, SegmentSize);
        using var ours = new RecorderUpload(server, Segments, SegmentSize);

        var (plainRate, sealRate, uploadRate, ratio) = (new Samples(), new Samples(), new Samples(), new Samples());
        for (var round = -WarmUp; round < Rounds; round++)
        {
            var unsealed = await plain.MeasureAsync();
            var (seal, upload) = await ours.MeasureAsync();
            if (round < 0) { continue; }

            plainRate.Add(unsealed / 1e6);
            sealRate.Add(seal / 1e6);
            uploadRate.Add(upload / 1e6);
            ratio.Add(upload / unsealed);
        }

        Console.WriteLine($"{Segments} segments of {SegmentSize >> 10} KiB, {PlainUpload.Parallelism} PUTs at the same time into Ceph on this machine, medians of {Rounds} rounds (middle half)");
        Console.WriteLine($"a plain client: presigned PUTs, unsealed          {plainRate,26} MB/s");
        Console.WriteLine($"the recorder: ask for addresses, put, commit      {uploadRate,26} MB/s");
        Console.WriteLine($"ratio                                             {ratio,26}      target {Target:F2}{(ratio.Median >= Target ? "" : "  MISSED")}");
        Console.WriteLine($"before it: seal, sign, spool on the disk          {sealRate,26} MB/s");
        return ratio.Median >= Target;
    }
}
