using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Operation;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Keys;

/// <summary>A crash writes no keys to a disk.</summary>
public sealed class MemoryDumpsTests
{
    [Theory]
    [InlineData("DOTNET_DbgEnableMiniDump")]
    [InlineData("COMPlus_DbgEnableMiniDump")]
    public void A_server_does_not_start_where_the_runtime_would_write_dumps(string variable)
    {
        var refused = Assert.Throws<StartRefusedException>(() => MemoryDumps.Refuse(name => name == variable ? "1" : null));
        Assert.Contains(variable, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_runs_leaves_no_core_file()
    {
        await using var server = await AdminServer.StartAsync();
        var limits = await File.ReadAllLinesAsync($"/proc/{server.Process.Id}/limits", TestContext.Current.CancellationToken);
        Assert.Matches("^Max core file size +1 +1 +bytes", Assert.Single(limits, line => line.StartsWith("Max core file size", StringComparison.Ordinal)));
    }
}
