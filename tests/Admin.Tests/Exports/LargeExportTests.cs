using System.IO.Compression;
using System.Net;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Exports;

/// <summary>What is too long for a zip's 32-bit lengths comes out whole, and lies nowhere: zeros, of which little is left in the zip.</summary>
/// <remarks>A zip that is itself above 4 GiB takes minutes of deflating, and is not made here.</remarks>
public sealed class LargeExportTests
{
    /// <summary>Bytes of the video: more than 32 bits can say.</summary>
    private const long VideoLength = (4L << 30) + 4711;

    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_video_above_4_GiB_is_whole_for_unzip_and_for_programs()
    {
        var folder = Directory.CreateTempSubdirectory("large-export-").FullName;
        try
        {
            await using var scene = await ExportScene.RecordedAsync(settings: ("Exports:Ffmpeg", WriteFfmpeg(folder)));
            var export = await scene.StartedAsync();
            await WaitUntilBuiltAsync(scene, export);
            var zip = Path.Combine(folder, "export.zip");
            using (var answer = await scene.DownloadAsync(export))
            {
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                await using var file = File.Create(zip);
                await answer.Content.CopyToAsync(file, TestContext.Current.CancellationToken);
            }

            await EncodedVideo.OutputOfAsync("unzip", null, "-tq", zip); // also the checksum of each file
            await using var archive = await ZipFile.OpenReadAsync(zip, TestContext.Current.CancellationToken);
            var video = archive.GetEntry("video.mp4")!;
            Assert.Equal(VideoLength, video.Length);
            Assert.Equal(VideoLength, await LengthOfAsync(video));
            Assert.Contains(archive.Entries, entry => entry.FullName == "receipts/receipt-1.jws"); // what follows it is found
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A program that takes any video and makes one of zeros.</summary>
    private static string WriteFfmpeg(string folder)
    {
        var program = Path.Combine(folder, "ffmpeg");
        File.WriteAllText(program, $"""
            #!/bin/sh
            if [ "$2" = -version ]; then exec ffmpeg "$@"; fi
            cat > /dev/null
            exec head -c {VideoLength} /dev/zero
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return program;
    }

    private static async Task WaitUntilBuiltAsync(ExportScene scene, Guid export)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var row = await scene.ReadAsync(export);
        while (row.State is ExportState.Approved or ExportState.Building)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < BuildLimit, $"It is at {row.Percent} % after {BuildLimit}.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
            row = await scene.ReadAsync(export);
        }

        Assert.True(row.State == ExportState.Ready, $"The export is {row.State} ({row.Detail}).");
    }

    private static async Task<long> LengthOfAsync(ZipArchiveEntry entry)
    {
        await using var content = await entry.OpenAsync(TestContext.Current.CancellationToken);
        var (buffer, length) = (new byte[1 << 20], 0L);
        while (await content.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count) { length += count; }
        return length;
    }
}
