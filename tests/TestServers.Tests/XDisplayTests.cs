namespace SecureRecorder.TestServers.Tests;

public sealed class XDisplayTests
{
    [Fact]
    public async Task Two_displays_stand_side_by_side_each_with_its_own_size()
    {
        await using var small = await XDisplay.StartAsync(640, 480);
        await using var large = await XDisplay.StartAsync(1920, 1080);

        Assert.NotEqual(small.Name, large.Name);
        Assert.Contains("640x480", await DimensionsAsync(small), StringComparison.Ordinal);
        Assert.Contains("1920x1080", await DimensionsAsync(large), StringComparison.Ordinal);
    }

    private static async Task<string> DimensionsAsync(XDisplay display)
    {
        await using var info = display.Show("xdpyinfo");
        return (await info.WaitForLineAsync("dimensions:.*", TimeSpan.FromSeconds(20))).Value;
    }
}
