using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>What stops the start, in words.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("kek.pem")]
    [InlineData("server.pem")]
    [InlineData("server-secret")]
    public async Task A_key_that_others_can_read_stops_it(string name)
    {
        await using var server = await Server.StartAsync();
        var file = Path.Combine(server.Data, "keys", name);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => server.StartAgainAsync());
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_every_account_can_enter_stops_it()
    {
        await using var server = await Server.StartAsync();
        File.SetUnixFileMode(Path.Combine(server.Data, "bucket"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => server.StartAgainAsync());
        Assert.Contains("chmod o-rwx", refused.Message, StringComparison.Ordinal);
    }
}
