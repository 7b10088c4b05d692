using System.CommandLine;
using System.Net;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>The operator's verbs, on the data directory of a server that runs.</summary>
public sealed class UserCommandTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician tina = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        tina = await Technician.SignInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Add_prints_a_link_with_which_the_account_is_set_up_and_disable_closes_it()
    {
        var (code, printed) = await RunAsync("user", "add", "vera", "--name", "Vera Verb", "--role", "auditor", "--role", "operator", "--server", "http://127.0.0.1:5080/");
        Assert.Equal(0, code);
        using var vera = new Member(server, "vera");
        using (var setUp = await vera.SetUpAsync(Member.LinkOf(printed))) { Assert.Equal(HttpStatusCode.OK, setUp.StatusCode); }
        using (var entered = await vera.EnterAsync(Member.Password, vera.Code(stepsAhead: 1))) { Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode); }
        Assert.Equal(HttpStatusCode.OK, (await vera.Browser.GetAsync("/requests")).StatusCode);
        Assert.Matches("vera +Active +auditor, operator +vera Example", (await RunAsync("user", "list")).Printed);

        Assert.Equal(0, (await RunAsync("user", "disable", "vera")).Code);
        Assert.False(await vera.IsInAsync());
        Assert.Contains("operator account.disabled allowed vera", await server.AccountAuditAsync());
        Assert.Equal(0, (await RunAsync("user", "enable", "vera")).Code);
    }

    [Fact]
    public async Task Reset_lets_even_the_only_admin_in_again()
    {
        var (code, printed) = await RunAsync("user", "reset", Technician.UserName);
        Assert.Equal(0, code);
        Assert.False(await Member.IsInAsync(tina.Browser));
        using var again = new Member(server, Technician.UserName);
        using (var setUp = await again.SetUpAsync(Member.LinkOf(printed))) { Assert.Equal(HttpStatusCode.OK, setUp.StatusCode); }
        using var entered = await again.EnterAsync(Member.Password, again.Code(stepsAhead: 1));
        Assert.Equal(HttpStatusCode.OK, (await again.Browser.GetAsync("/people")).StatusCode);
    }

    [Theory]
    [InlineData("user disable tina", 1, "the only org admin")]
    [InlineData("user disable nobody", 2, "There is no account 'nobody'")]
    [InlineData("user reset nobody", 2, "There is no account 'nobody'")]
    [InlineData("user add tina", 1, "already taken")]
    [InlineData("user add x --role root", 1, "There is no role 'root'")]
    [InlineData("user add server", 1, "kept for the audit trail")]
    [InlineData("user list stray", 1, "'stray' is not understood")]
    public async Task What_cannot_be_done_is_said(string line, int expected, string words)
    {
        var (code, printed) = await RunAsync(line.Split(' '));
        Assert.Equal(expected, code);
        Assert.Contains(words, printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_catalogue_is_named_and_not_filled()
    {
        var nowhere = Path.Combine(server.Data, "nowhere");
        await using var output = new StringWriter();
        var code = await Command().Parse(["user", "list", $"--DataDirectory={nowhere}"]).InvokeAsync(new InvocationConfiguration { Output = output });
        Assert.Equal(3, code);
        Assert.Contains($"There is no catalogue in '{nowhere}'", output.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(nowhere));
    }

    private async Task<(int Code, string Printed)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var code = await Command().Parse([.. arguments, $"--DataDirectory={server.Data}"]).InvokeAsync(new InvocationConfiguration { Output = output });
        return (code, output.ToString());
    }

    private static RootCommand Command() => new() { UserCommand.Create(arguments => Program.Build(arguments)) };
}
