using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Tests;
using SecureRecorder.TestServers;

[assembly: AssemblyFixture(typeof(Screen))]

namespace SecureRecorder.Recorder.Tests;

/// <summary>One X display for all tests.</summary>
public sealed class Screen : IAsyncLifetime
{
    public const int Width = 640;
    public const int Height = 360;

    private XDisplay _display = null!;

    public string Name => _display.Name;

    internal ScreenSelection Whole => new(Name, null, null, null, 10);

    public async ValueTask InitializeAsync() => _display = await XDisplay.StartAsync(Width, Height);

    public ValueTask DisposeAsync() => _display.DisposeAsync();
}
