using System.Net;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>The one-time link that makes the first account.</summary>
[Trait("Catalogue", "both")]
public sealed class SetUpTests : IAsyncLifetime
{
    private Server server = null!;

    public async ValueTask InitializeAsync() => server = await Server.StartAsync();
    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_link_works_once_and_never_beside_an_account()
    {
        var path = Technician.SetupPath(server);
        using var technician = await Technician.SignInAsync(server);
        using var other = new Browser(server);
        using var again = await other.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);

        var printed = server.Console.Length;
        await server.StartAgainAsync();
        Assert.Equal(printed, server.Console.Length); // with an account, no link is printed
    }

    [Fact]
    public async Task Each_start_without_an_account_prints_a_new_link_and_closes_the_old_one()
    {
        var first = Technician.SetupPath(server);
        await server.StartAgainAsync();
        var second = Technician.SetupPath(server);
        Assert.NotEqual(first, second);
        using var browser = new Browser(server);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(first)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(second)).StatusCode);
    }

    [Fact]
    public async Task The_link_is_over_after_a_day()
    {
        server.Clock.Advance(TimeSpan.FromHours(25));
        using var browser = new Browser(server);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Technician.SetupPath(server))).StatusCode);
    }

    [Fact]
    public async Task A_short_password_or_a_wrong_code_makes_no_account_and_leaves_the_link_open()
    {
        var path = Technician.SetupPath(server);
        using var short11 = await Technician.At(server).SetUpAsync(path, password: "elevenchars");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, short11.StatusCode);
        Assert.Contains("at least 12 characters", await short11.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var wrongCode = await Technician.At(server).SetUpAsync(path, code: "000000");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrongCode.StatusCode);
        using var technician = await Technician.SignInAsync(server);
        Assert.Contains("Sessions", await technician.Browser.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_lies_nowhere_in_the_data_folder()
    {
        var token = Technician.SetupPath(server).Split('/')[^1];
        await server.StopAsync(); // what it writes of its own, such as checkpoints, is written
        Assert.Empty(server.FilesThatHold(token));
    }
}
