using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>What a process may be told to be, and that a file of SQLite is one process's.</summary>
public sealed class ServerRolesTests
{
    [Theory]
    [InlineData("web", true, false)]
    [InlineData("jobs", false, true)]
    [InlineData("web,jobs", true, true)]
    [InlineData("jobs, web", true, true)]
    public void Roles_are_read(string text, bool web, bool jobs) => Assert.Equal(new(web, jobs), ServerRoles.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("Web")]
    [InlineData("web;jobs")]
    [InlineData("web,")]
    [InlineData("web,admin")]
    [InlineData("both")]
    public async Task Other_words_are_refused(string text)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync(("Server:Roles", text)));
        Assert.Contains($"Server:Roles ('{text}') must be 'web', 'jobs', or 'web,jobs'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("jobs")]
    public async Task On_SQLite_a_process_has_both(string roles)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync(("Server:Roles", roles), ("Catalogue:Kind", "sqlite")));
        Assert.Contains($"Server:Roles is '{roles}', and Catalogue:Kind is 'sqlite'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_on_a_file_of_SQLite_is_refused_until_the_first_is_gone()
    {
        await using var first = await AdminServer.StartAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => AdminServer.StartOnAsync(first.Data, new Dictionary<string, string?>()));
        Assert.Contains($"Another server uses the folder '{first.Data}'", refused.Message, StringComparison.Ordinal);

        first.Process.Kill();
        await first.Process.WaitForExitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await using var second = await AdminServer.StartOnAsync(first.Data, new Dictionary<string, string?>());
    }
}
