using SecureRecorder.Storage.Recording;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests;

/// <summary>The command itself, as a process: what it prints, how it exits, what it leaves when it is killed.</summary>
public sealed class RecorderProcessTests(Screen screen) : IAsyncLifetime
{
    private readonly string _spool = Directory.CreateTempSubdirectory("spool").FullName;
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_spool, recursive: true);
    }

    [Fact]
    public async Task Killed_it_loses_at_most_a_segment_its_ffmpeg_ends_with_it_and_drain_finishes_the_session()
    {
        await using var recorder = Join();
        _server.InterceptPut = async (context, name) => // the store is away from the fourth segment on
        {
            if (string.CompareOrdinal(name, "video/00000003") < 0) { return false; }
            context.Response.StatusCode = 503;
            return await Task.FromResult(true);
        };
        _server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(_spool, $"{_server.Session:D}", "video", "00000005.seal")), "six segments are sealed");
        var ffmpeg = Assert.Single(ChildrenOf(recorder.Id));
        recorder.Kill();
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{ffmpeg}"), "ffmpeg has ended");

        _server.InterceptPut = null;
        await using var drain = Start("drain", "--spool", _spool, "--server", $"{_server.Address}");
        Assert.True(await drain.WaitForExitAsync(Eventually.Limit) == 0, drain.Output);
        Assert.True(_server.Committed["video"].Count >= 6);
        Assert.All(_server.Finished!.Tracks, track => Assert.False(track.Manifest));
        Assert.Contains("is now partial", drain.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_spool));
    }

    [Fact]
    public async Task The_next_join_with_the_same_spool_finishes_what_a_killed_one_left()
    {
        await using (var killed = Join())
        {
            _server.Say(ControlPhase.Record);
            await Eventually.TrueAsync(() => _server.Committed.TryGetValue("video", out var video) && video.Count >= 2, "segments are committed: " + killed.Output);
            killed.Kill();
            await killed.WaitForExitAsync(Eventually.Limit);
        }

        await using var next = await FakeServer.StartAsync();
        var before = _server.Address;
        foreach (var folder in Directory.EnumerateDirectories(_spool)) // the same server, as far as the spool knows
        {
            var journal = Path.Combine(folder, "journal.jsonl");
            File.WriteAllText(journal, File.ReadAllText(journal).Replace($"{before}", $"{next.Address}"));
        }

        next.Intercept = async context =>
        {
            if (context.Request.Headers.Authorization != $"Bearer {_server.Token}") { return false; }
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(new(context.Request.Method), new Uri(before, context.Request.Path)) { Content = new StreamContent(context.Request.Body) };
            request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
            using var answer = await http.SendAsync(request);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body);
            return true;
        };
        await using var second = Join(next);
        var finished = await _server.WhenFinished.Task.WaitAsync(Eventually.Limit);
        Assert.All(finished.Tracks, track => Assert.False(track.Manifest));
        next.Say(ControlPhase.Closed);
        Assert.True(await second.WaitForExitAsync(Eventually.Limit) == (int)ExitCode.NoConsent, second.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_spool));
    }

    [Fact]
    public async Task SIGTERM_ends_it_in_order_and_neither_code_nor_token_is_shown_anywhere()
    {
        await using var recorder = Start("join", "-", "--server", $"{_server.Address}", "--display", screen.Name, "--spool", _spool);
        await recorder.Input.WriteLineAsync(FakeServer.Code);
        _server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => _server.Committed.TryGetValue("video", out var video) && video.Count >= 2, "segments are committed: " + recorder.Output);
        foreach (var process in ChildrenOf(recorder.Id).Append(recorder.Id))
        {
            var shown = File.ReadAllText($"/proc/{process}/cmdline") + (process == recorder.Id ? "" : File.ReadAllText($"/proc/{process}/environ"));
            Assert.DoesNotContain(_server.Token, shown, StringComparison.Ordinal);
            Assert.DoesNotContain(FakeServer.Code, shown, StringComparison.Ordinal);
            Assert.Matches("Max core file size +1 +1 ", File.ReadAllText($"/proc/{process}/limits"));
        }

        recorder.Terminate();
        Assert.True(await recorder.WaitForExitAsync(Eventually.Limit) == 0, recorder.Output);
        Assert.Contains("recorded", recorder.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_server.Token, recorder.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeServer.Code, recorder.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_Ctrl_C_leaves_at_once_and_says_what_remains()
    {
        _server.InterceptPut = async (context, _) => { context.Response.StatusCode = 503; return await Task.FromResult(true); };
        await using var recorder = Join();
        _server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(_spool, $"{_server.Session:D}", "video", "00000001.seal")), "a segment is sealed");
        recorder.Interrupt();
        await recorder.WaitForLineAsync("Once more", Eventually.Limit);
        recorder.Interrupt();
        Assert.Equal((int)ExitCode.LeftInSpool, await recorder.WaitForExitAsync(Eventually.Limit));
        Assert.Contains("To finish: secure-recorder drain --server", recorder.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_ffmpeg_it_says_how_to_get_it_and_leaves_the_code_unused()
    {
        _server.Intercept = context => throw new InvalidOperationException($"{context.Request.Path} was asked for.");
        await using var recorder = ChildProcess.Start(
            Dotnet, [Program, "join", FakeServer.Code, "--server", $"{_server.Address}", "--display", screen.Name, "--spool", _spool], new Dictionary<string, string?> { ["PATH"] = "/nowhere" });
        Assert.Equal((int)ExitCode.CannotCapture, await recorder.WaitForExitAsync(Eventually.Limit));
        Assert.Contains("apt-get install ffmpeg", recorder.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--fps 31", "--fps 31 is not 1 to 30")]
    [InlineData("--fps 0", "--fps 0 is not 1 to 30")]
    [InlineData("--region 10x10+0+0", "--region '10x10+0+0'")]
    [InlineData("--region 100x100+0+0 --monitor 0", "only one can be chosen")]
    [InlineData("--spool-limit 12", "--spool-limit '12'")]
    [InlineData("--server http://records.example.org", "is not encrypted")]
    [InlineData("--server ftp://x", "--server 'ftp://x'")]
    [InlineData("--unknown", "--unknown")]
    public async Task A_wrong_option_is_named_with_its_value(string options, string message)
    {
        string[] server = options.Contains("--server", StringComparison.Ordinal) ? [] : ["--server", $"{_server.Address}"];
        await using var recorder = Start(["join", "CODE", .. server, .. options.Split(' ')]);
        Assert.Equal((int)ExitCode.Usage, await recorder.WaitForExitAsync(Eventually.Limit));
        Assert.Contains(message, recorder.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_documents_every_option_and_exit_code()
    {
        await using var help = Start("join", "--help");
        Assert.Equal(0, await help.WaitForExitAsync(Eventually.Limit));
        foreach (var word in new[] { "--server", "--display", "--monitor", "--region", "--window", "--fps", "--spool", "--spool-limit", "2 GiB", "ABCD-EFGH" }) { Assert.Contains(word, help.Output, StringComparison.Ordinal); }
        foreach (var code in Enum.GetValues<ExitCode>()) { Assert.Matches($"(?m)^\\s+{(int)code}\\s+\\S", help.Output); }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        await using var recorder = Start("join", "CODE", "--server", "http://127.0.0.1:9", "--display", screen.Name, "--spool", _spool);
        Assert.Equal((int)ExitCode.ServerRefused, await recorder.WaitForExitAsync(Eventually.Limit));
        Assert.Contains("http://127.0.0.1:9/ cannot be reached", recorder.Output, StringComparison.Ordinal);
    }

    private static string Dotnet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : DotnetInPath();

    private static string Program => typeof(Recorder.Terminal).Assembly.Location;

    private static string DotnetInPath() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start(Dotnet, [Program, .. arguments]);

    private static IEnumerable<int> ChildrenOf(int process) =>
        Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse);

    private ChildProcess Join(FakeServer? server = null) =>
        Start("join", FakeServer.Code, "--server", $"{(server ?? _server).Address}", "--display", screen.Name, "--spool", _spool);
}
