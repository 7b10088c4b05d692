using System.Globalization;
using SecureRecorder.Benchmarks.Replay;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Recovery;

/// <summary>How fast <c>recover</c> opens, checks and writes whole recordings (MP4 with an index) against nothing but a copy of the same sealed objects from the same S3 server (Ceph), by turns. Both are on the disk when their time ends.</summary>
/// <remarks>There are more sessions than are recovered at once: at the end of one, which waits for the disk, others are read.</remarks>
internal static class RecoveryBenchmark
{
    private const int Rounds = 2;
    private const int Sessions = 16;
    private const int GroupSeconds = 30;
    private const int SegmentSeconds = 5;
    private const int Minutes = 20;
    private const string BitsASecond = "400k"; // segments of 250 KB

    /// <summary>GETs at once of the copy: as many as a recovery has, four sessions with four segments each.</summary>
    private const int Parallelism = 16;

    private const double Target = 0.8;

    public static async Task<bool> RunAsync()
    {
        await using var s3 = new S3Server();
        await s3.InitializeAsync();
        var bucket = await s3.NewBucketAsync();
        using var store = new S3ObjectStore(new() { Endpoint = s3.Endpoint, Region = s3.Region, Bucket = bucket, AccessKeyId = s3.AccessKey, SecretAccessKey = s3.SecretKey }, TimeProvider.System);
        var folder = Directory.CreateTempSubdirectory("recovery-benchmark-").FullName;
        try
        {
            var kek = Path.Combine(folder, "keys", "kek.pem");
            OwnerOnlyFile.Create(kek, WrittenSession.SharedKek);
            var bytes = await FillAsync(store, folder);
            var (copied, recovered, ratio) = (new Samples(), new Samples(), new Samples());
            var (copyWork, recoverWork) = (new Samples(), new Samples());
            for (var round = -1; round < Rounds; round++)
            {
                var copy = await TimeAsync(Path.Combine(folder, "copy"), target => Times.OfAsync(() => CopyAsync(store, target)));
                var ours = await TimeAsync(Path.Combine(folder, "out"), target => RecoverAsync(s3, bucket, kek, target));
                if (round < 0) { continue; } // what is read the first time may be slower

                copied.Add(bytes / copy.Elapsed.TotalSeconds / 1e6);
                recovered.Add(bytes / ours.Elapsed.TotalSeconds / 1e6);
                ratio.Add(copy.Elapsed / ours.Elapsed);
                copyWork.Add(copy.Processor.TotalSeconds);
                recoverWork.Add(ours.Processor.TotalSeconds);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Sessions} sessions, {bytes / 1e6:0} MB sealed in segments of about 250 KB; medians of {Rounds} rounds (middle half)"));
            Console.WriteLine($"a copy of the sealed objects, {Parallelism} at once    {copied,22} MB a second");
            Console.WriteLine($"recover: opened, checked, MP4, reports         {recovered,22} MB a second, with the start of the program");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio                                          {ratio,22}; target {Target:0.00}"));
            Console.WriteLine($"seconds of processor: the copy {copyWork}; recover with its ffmpegs {recoverWork}; what the S3 server takes is in neither");
            return ratio.Median >= Target;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Times> TimeAsync(string target, Func<string, Task<Times>> work)
    {
        var took = await work(target);
        Directory.Delete(target, recursive: true);
        return took;
    }

    private static async Task CopyAsync(S3ObjectStore store, string target)
    {
        await Parallel.ForEachAsync(store.ListAsync("", startAfter: null, CancellationToken.None), new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (found, cancellation) =>
        {
            var path = Path.Combine(target, found.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, await store.GetAsync(found.Name, found.Size, cancellation) ?? throw new InvalidOperationException($"{found.Name} is gone."), cancellation);
        });
        await TimedProgram.ReadAsync("sync", "--file-system", target); // once, at the end: a recovery waits for each of its files
    }

    private static Task<Times> RecoverAsync(S3Server s3, string bucket, string kek, string target) => TimedProgram.RunAsync(
        new Dictionary<string, string>(StringComparer.Ordinal) { ["AWS_ACCESS_KEY_ID"] = s3.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = s3.SecretKey },
        AdminServer.Program("Admin", "secure-recorder-admin"), "recover", "--endpoint", s3.Endpoint.ToString(), "--region", s3.Region, "--bucket", bucket, "--kek", kek, "--out", target);

    /// <summary>Whole sessions with consent and video, made in a folder and put into the bucket.</summary>
    /// <returns>Bytes in the bucket.</returns>
    private static async Task<long> FillAsync(S3ObjectStore store, string folder)
    {
        var bytes = 0L;
        for (var i = 0; i < Sessions; i++)
        {
            using var session = await WrittenSession.InAsync(folder, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
            await session.WriteTrackAsync(TrackName.Video, "video/mp4; codecs=\"avc1.640028\"", EncodeAsync(folder));
            await session.FinishConsentAsync();
        }

        var mirror = Path.Combine(folder, "bucket");
        await Parallel.ForEachAsync(Directory.GetFiles(Path.Combine(mirror, "v1"), "*", SearchOption.AllDirectories), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (file, cancellation) =>
        {
            var content = await File.ReadAllBytesAsync(file, cancellation);
            await store.PutOnceAsync(Path.GetRelativePath(mirror, file).Replace('\\', '/'), content, cancellation);
            Interlocked.Add(ref bytes, content.Length);
        });
        Directory.Delete(mirror, recursive: true);
        return bytes;
    }

    /// <summary>One group is encoded once; the rest is the same again, with later times, which ffmpeg copies.</summary>
    private static async IAsyncEnumerable<PlainSegment> EncodeAsync(string folder)
    {
        var group = Path.Combine(folder, "group.mp4");
        if (!File.Exists(group))
        {
            await TimedProgram.ReadAsync(
                "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=10,noise=alls=20:allf=t", "-t", $"{GroupSeconds}", "-c:v", "libx264", "-preset", "veryfast",
                "-pix_fmt", "yuv420p", "-b:v", BitsASecond, "-maxrate", BitsASecond, "-bufsize", BitsASecond, "-x264-params", "keyint=infinite:scenecut=0:bframes=0", group);
        }

        using var looped = new FfmpegPipe("-loglevel", "error", "-stream_loop", "-1", "-i", group, "-t", $"{Minutes * 60}", "-c", "copy",
            "-movflags", "+empty_moov+default_base_moof+frag_keyframe", "-frag_duration", $"{SegmentSeconds}000000", "-f", "mp4", "pipe:1");
        using var reader = new FragmentReader(looped.Output);
        VideoInitialization? initialization = null;
        while (await reader.ReadAsync(CancellationToken.None) is { } unit)
        {
            var content = unit.Bytes.ToArray();
            if (unit.IsInitialization)
            {
                initialization = VideoInitialization.Read(content);
                yield return new(content, 0, 0, Key: true);
                continue;
            }

            var (fragment, scale) = (VideoFragment.Read(content, initialization!), (double)initialization!.Timescale);
            yield return new(content, fragment.Time / scale, fragment.Duration / scale, fragment.BeginsWithKeyFrame);
        }
    }
}
