using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Recorder.Upload;

namespace SecureRecorder.Recorder;

/// <summary>The command line: <c>join</c> and <c>drain</c>.</summary>
internal sealed class RecorderCommand
{
    private const string ExitCodes = """

        Exit codes:
          0   recorded, in order and whole (drain: nothing is left in the spool)
          1   a fault of the program
          2   wrong options
          3   the code is wrong, used or expired, or too many were tried
          4   no consent: declined, expired, or ended before it was given
          5   the screen cannot be captured, or not show that it is: display, window or ffmpeg is missing
          6   the server cannot be reached, or refused
          7   partial: recorded, with something missing (the summary says what)
          8   failed or lost: nothing was stored, or stored segments are gone
          9   the consent could not be verified; nothing was captured
          10  stopped while sealed segments wait in the spool; `drain` finishes them
        """;

    private readonly Argument<string> _code = new("code") { Description = "The session's one-time code, e.g. ABCD-EFGH; '-' reads it from standard input, so that it shows in no list of processes." };
    private readonly Option<Uri> _server = new("--server")
    {
        Description = "The server's address: https://… (http:// only on this machine).",
        Required = true,
        CustomParser = ParseServer,
    };
    private readonly Option<string?> _display = new("--display") { Description = "X display, e.g. :0; default: $DISPLAY." };
    private readonly Option<string?> _monitor = new("--monitor") { Description = "Record one monitor: its number from 0, or its name." };
    private readonly Option<ScreenRegion?> _region = new("--region") { Description = "Record a rectangle: WxH+X+Y in pixels.", CustomParser = ParseRegion };
    private readonly Option<string?> _window = new("--window") { Description = "Record one window: its id (decimal or 0x…), or its title." };
    private readonly Option<int> _fps = new("--fps") { Description = "Frames a second, 1 to 30.", DefaultValueFactory = _ => 10 };
    private readonly Option<string> _spool = new("--spool")
    {
        Description = "Folder where sealed segments wait until they are stored. Nothing in it is readable without the organization's key.",
        DefaultValueFactory = _ => DefaultSpool(),
    };
    private readonly Option<ByteSize> _limit = new("--spool-limit")
    {
        Description = "What may wait there at most, e.g. 500MB; above it capture pauses.",
        DefaultValueFactory = _ => new(SpoolBudget.Default),
        CustomParser = ParseSize,
    };

    private readonly Terminal _terminal;
    private readonly EndSignals _signals;
    private readonly TimeProvider _time;

    public RecorderCommand(Terminal terminal, EndSignals signals, TimeProvider time)
    {
        (_terminal, _signals, _time) = (terminal, signals, time);
        _fps.Validators.Add(result => Check(result, result.GetValue(_fps) is >= 1 and <= 30, $"--fps {result.GetValue(_fps)} is not 1 to 30."));
        var join = new Command("join", "Joins a session by its code, waits for the person's consent, records until the session ends.\n" + ExitCodes)
        {
            _code, _server, _display, _monitor, _region, _window, _fps, _spool, _limit,
        };
        join.Validators.Add(result => Check(
            result, new Option[] { _monitor, _region, _window }.Count(choice => result.GetResult(choice) is { Implicit: false }) <= 1,
            "Of --monitor, --region and --window only one can be chosen."));
        join.SetAction((parsed, _) => JoinAsync(parsed));
        var drain = new Command("drain", "Finishes what recorders that were killed left in the spool.\n" + ExitCodes) { _server, _spool };
        drain.SetAction((parsed, _) => DrainAsync(parsed));
        Root = new("Records a support session's screen, with the recorded person's consent, sealed before a byte leaves this machine.\n" + ExitCodes) { join, drain };
    }

    public RootCommand Root { get; }

    private async Task<int> JoinAsync(ParseResult parsed)
    {
        var code = parsed.GetValue(_code)!;
        if (code == "-") { code = await Console.In.ReadLineAsync() ?? ""; }

        using var http = Http();
        var selection = new ScreenSelection(
            parsed.GetValue(_display), parsed.GetValue(_monitor), parsed.GetValue(_region), parsed.GetValue(_window), parsed.GetValue(_fps));
        var join = new JoinSession(
            code.Trim(), parsed.GetValue(_server)!, Path.GetFullPath(parsed.GetValue(_spool)!), parsed.GetValue(_limit).Bytes, selection, Screen(), http, _time, _terminal);
        _signals.AtSecond = () => join.LeftBehind;
        try
        {
            return (int)await join.RunAsync(_signals.Token);
        }
        catch (OperationCanceledException) when (_signals.Token.IsCancellationRequested)
        {
            _terminal.Warn("Stopped before a session was joined.");
            return (int)ExitCode.NoConsent;
        }
    }

    private async Task<int> DrainAsync(ParseResult parsed)
    {
        using var http = Http();
        var root = Path.GetFullPath(parsed.GetValue(_spool)!);
        var drain = new DrainSpool(root, parsed.GetValue(_server)!, http, new SpoolBudget(long.MaxValue / 2), _time, _terminal);
        try
        {
            var remaining = await drain.RunAsync(_signals.Token);
            if (remaining == 0) { _terminal.Say($"Nothing is left in {root}."); }
            return (int)(remaining == 0 ? ExitCode.Done : ExitCode.ServerRefused);
        }
        catch (OperationCanceledException) when (_signals.Token.IsCancellationRequested)
        {
            _terminal.Warn($"Stopped; what was not finished stays in {root}.");
            return (int)ExitCode.LeftInSpool;
        }
    }

    internal static HttpClient Http() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // a token or a signed address is for one place only
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each request has its own
    };

    private static IScreenSource Screen() =>
        OperatingSystem.IsWindows() ? new WindowsScreen() : OperatingSystem.IsMacOS() ? new MacScreen() : new X11Screen();

    private static string DefaultSpool() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state ? state
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"),
        "secure-recorder", "spool");

    private static Uri? ParseServer(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http") || server.Query.Length > 0)
        {
            result.AddError($"--server '{text}' is not an address like https://records.example.org.");
            return null;
        }

        if (server.Scheme == "http" && !server.IsLoopback)
        {
            result.AddError($"--server '{text}' is not encrypted: http:// is only for a server on this machine; use https://.");
            return null;
        }

        return server;
    }

    private static ScreenRegion? ParseRegion(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (ScreenRegion.TryParse(text, out var region)) { return region; }
        result.AddError($"--region '{text}' is not a rectangle like 1280x720+0+0, at least {ScreenRegion.SmallestSide} pixels wide and high.");
        return null;
    }

    private static ByteSize ParseSize(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Readable.TryParseSize(text, out var bytes) && bytes >= SpoolBudget.Smallest) { return new(bytes); }
        result.AddError($"--spool-limit '{text}' is not a size of at least {Readable.Size(SpoolBudget.Smallest)}, such as 500MB or 2GiB.");
        return default;
    }

    /// <summary>A size that help shows as people write it.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct ByteSize(long Bytes)
    {
        public override string ToString() => Readable.Size(Bytes);
    }

    private static void Check(SymbolResult result, bool holds, string message) { if (!holds) { result.AddError(message); } }
}
