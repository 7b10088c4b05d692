using System.Globalization;
using Xunit;

namespace SecureRecorder.TestServers;

/// <summary>A real X display of the test's own (Xvfb), on a display number that was free.</summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
public sealed class XDisplay(int width, int height) : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private ChildProcess? server;
    private int number;

    public XDisplay() : this(1280, 720) { }

    /// <summary>Pixels.</summary>
    public int Width => width;

    /// <summary>Pixels.</summary>
    public int Height => height;

    /// <summary>The value for <c>DISPLAY</c>, e.g. <c>:7</c>.</summary>
    public string Name => server is null ? throw new InvalidOperationException("The display was not started.") : $":{number}";

    /// <summary>The X server itself, e.g. to take it away in the middle of a recording.</summary>
    public ChildProcess Server => server ?? throw new InvalidOperationException("The display was not started.");

    /// <summary>A started display of this size.</summary>
    public static async Task<XDisplay> StartAsync(int width, int height)
    {
        var display = new XDisplay(width, height);
        await display.InitializeAsync();
        return display;
    }

    /// <summary>Starts a program that shows itself on this display.</summary>
    public ChildProcess Show(string program, params string[] arguments) =>
        ChildProcess.Start(program, arguments, new Dictionary<string, string?> { ["DISPLAY"] = Name });

    public async ValueTask InitializeAsync()
    {
        // -displayfd 1: the server picks the number itself and prints it once it accepts clients
        server = ChildProcess.Start("Xvfb", ["-displayfd", "1", "-screen", "0", $"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]);
        var line = await server.WaitForLineAsync("^([0-9]+)$", StartLimit);
        number = int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is null) { return; }

        server.Terminate(); // so that it removes its lock file
        try { await server.WaitForExitAsync(TimeSpan.FromSeconds(5)); }
        catch (TimeoutException) { /* killed below */ }

        await server.DisposeAsync();
    }
}
