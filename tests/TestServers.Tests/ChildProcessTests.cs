namespace SecureRecorder.TestServers.Tests;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_line_is_found_whether_it_came_before_or_after_the_wait()
    {
        await using var child = ChildProcess.Start("bash", ["-c", "echo first; read answer; echo \"then $answer\" >&2; sleep 60"]);

        await child.WaitForLineAsync("^first$", Deadline, TestContext.Current.CancellationToken);
        await child.Input.WriteLineAsync("second");
        var later = await child.WaitForLineAsync("then (.*)", Deadline, TestContext.Current.CancellationToken);
        var again = await child.WaitForLineAsync("^first$", Deadline, TestContext.Current.CancellationToken);

        Assert.Equal("second", later.Groups[1].Value);
        Assert.True(again.Success);
        Assert.False(child.HasExited);
    }

    [Fact]
    public async Task A_line_that_never_comes_is_told_apart_from_a_program_that_ended()
    {
        await using var running = ChildProcess.Start("bash", ["-c", "echo here; sleep 60"]);
        await using var ended = ChildProcess.Start("bash", ["-c", "echo here; exit 3"]);

        var late = await Assert.ThrowsAsync<TimeoutException>(() => running.WaitForLineAsync("absent", TimeSpan.FromMilliseconds(300)));
        var over = await Assert.ThrowsAsync<InvalidOperationException>(() => ended.WaitForLineAsync("absent", Deadline));

        Assert.Contains("here", late.Message, StringComparison.Ordinal);
        Assert.Contains("here", over.Message, StringComparison.Ordinal);
        Assert.Equal(3, await ended.WaitForExitAsync(Deadline, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_can_be_interrupted_terminated_and_killed()
    {
        const string Script = "trap 'echo interrupted' INT; trap 'echo terminated' TERM; echo ready; while :; do sleep 0.05; done";
        await using var child = ChildProcess.Start("bash", ["-c", Script]);
        await child.WaitForLineAsync("ready", Deadline, TestContext.Current.CancellationToken);

        child.Interrupt();
        await child.WaitForLineAsync("interrupted", Deadline, TestContext.Current.CancellationToken);
        child.Terminate();
        await child.WaitForLineAsync("terminated", Deadline, TestContext.Current.CancellationToken);
        child.Kill();

        Assert.Equal(128 + 9, await child.WaitForExitAsync(Deadline, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_program_that_is_not_installed_is_a_clear_failure()
    {
        var missing = Assert.Throws<MissingProgramException>(() => ChildProcess.Start("no-such-program", []));

        Assert.Contains("no-such-program", missing.Message, StringComparison.Ordinal);
    }
}
