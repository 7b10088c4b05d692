using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>A recovery that is killed leaves nothing under a name that looks finished, and goes on.</summary>
public sealed class KilledRecoveryTests(RecordedBucket recorded) : IClassFixture<RecordedBucket>
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_killed_run_is_taken_up_and_a_second_one_beside_it_is_refused()
    {
        using var scene = new RecoveryScene(recorded);
        var slow = Path.Combine(scene.Folder, "slow-ffmpeg");
        await File.WriteAllTextAsync(slow, "#!/bin/sh\n[ \"$2\" = -version ] && exit 0\ntouch \"$0.begun\"\nwhile kill -0 $PPID 2>/dev/null; do sleep 0.05; done\n");
        File.SetUnixFileMode(slow, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await using (var killed = ChildProcess.Start(AdminServer.Program("Admin", "secure-recorder-admin"), ["recover", .. scene.Arguments("--ffmpeg", slow)]))
        {
            await Eventually.CompleteAsync(() => Task.FromResult(File.Exists(slow + ".begun") ? null : $"It did not begin: {killed.Output}"));
            var (code, said) = await scene.RecoverAsync();
            Assert.Equal((2, true), (code, said.Contains("is used by another run", StringComparison.Ordinal)));
            killed.Kill();
            await killed.WaitForExitAsync(Long);
        }

        Assert.False(Directory.Exists(scene.Of("")));
        Assert.True(Directory.Exists(Path.Combine(scene.Out, $"{recorded.Session}.part")));
        var (again, words) = await scene.RecoverAsync();
        Assert.True(again == 0, words);
        Assert.Equal("verified", scene.Report.Status);
        Assert.False(Directory.Exists(Path.Combine(scene.Out, $"{recorded.Session}.part")));
    }

    [Fact]
    public async Task Ctrl_C_is_answered_in_words()
    {
        using var scene = new RecoveryScene(recorded);
        var slow = Path.Combine(scene.Folder, "slow-ffmpeg");
        await File.WriteAllTextAsync(slow, "#!/bin/sh\n[ \"$2\" = -version ] && exit 0\ntouch \"$0.begun\"\nwhile kill -0 $PPID 2>/dev/null; do sleep 0.05; done\n");
        File.SetUnixFileMode(slow, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var stopped = ChildProcess.Start(AdminServer.Program("Admin", "secure-recorder-admin"), ["recover", .. scene.Arguments("--ffmpeg", slow)]);
        await Eventually.CompleteAsync(() => Task.FromResult(File.Exists(slow + ".begun") ? null : $"It did not begin: {stopped.Output}"));
        stopped.Interrupt();
        Assert.Equal(3, await stopped.WaitForExitAsync(Long));
        Assert.Contains("Run the same command again to go on", stopped.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", stopped.Output, StringComparison.Ordinal);
    }
}
