using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Tests.Chat;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>Who asks for what they may not have is in the trail; and what is open for an account ends with its right to it.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician tina = null!;
    private Member ines = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        tina = await Technician.SignInAsync(server);
        ines = await Member.JoinAsync(server, tina.Browser, "ines", Roles.Technician);
    }

    public async ValueTask DisposeAsync()
    {
        ines.Dispose();
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_account_is_in_the_trail_with_its_route_and_once_in_a_while()
    {
        for (var i = 0; i < 5; i++)
        {
            using var refused = await ines.Browser.GetAsync("/people?forged=\r\nrow");
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using (await ines.Browser.SubmitAsync("/account", "/teams", ("name", "x"))) { }
        Assert.Equal(["GET /people", "POST /teams"], await RefusalsAsync());
        server.Clock.Advance(AuditRefusals.While);
        using (await ines.Browser.GetAsync("/people")) { }
        Assert.Equal(["GET /people", "POST /teams", "GET /people"], await RefusalsAsync());
        using (await ines.Browser.GetAsync("/")) { }
        Assert.Equal(3, (await RefusalsAsync()).Count);
    }

    [Fact]
    public async Task Strangers_do_not_fill_the_trail()
    {
        using var stranger = new Browser(server);
        using (await stranger.GetAsync("/people")) { }
        using (await stranger.SendAsync(new(HttpMethod.Put, "/objects/x") { Content = new ByteArrayContent([1]) }, "*/*")) { }
        Assert.Empty(await RefusalsAsync());
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("sign-out")]
    [InlineData("reset")]
    [InlineData("roles")]
    [InlineData("by itself")]
    [InlineData("by another process")]
    public async Task An_open_stream_ends_with_the_right_to_it(string how)
    {
        var session = await StartAsync();
        await using var listener = await ChatListener.OpenAsync(ines.Browser, $"/api/sessions/{session}/chat");
        using (var changed = how switch
        {
            "by itself" => await ines.Browser.SubmitAsync("/account", "/sign-out"),
            "by another process" => null,
            _ => await tina.Browser.SubmitAsync($"/people/{ines.Id}", $"/people/{ines.Id}/{how}", ("roles", Roles.Auditor)),
        })
        {
            if (changed is null) { await server.InAccountsAsync(accounts => accounts.Users.Where(account => account.Id == ines.Id).ExecuteUpdateAsync(row => row.SetProperty(account => account.DisabledAt, 1))); }
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => listener.NextAsync("a message that never comes"));
    }

    [Fact]
    public async Task A_stream_of_somebody_else_goes_on()
    {
        var session = await StartAsync();
        await using var listener = await ChatListener.OpenAsync(ines.Browser, $"/api/sessions/{session}/chat");
        using var other = await Member.JoinAsync(server, tina.Browser, "other", Roles.Technician);
        using (await tina.Browser.SubmitAsync($"/people/{other.Id}", $"/people/{other.Id}/disable")) { }
        using (await ines.Browser.ScriptAsync(HttpMethod.Post, $"/api/sessions/{session}/chat", new { text = "still here" })) { }
        Assert.Equal("still here", (await listener.NextAsync()).Text);
    }

    private async Task<string> StartAsync()
    {
        using var started = await ines.Browser.SubmitAsync("/", "/sessions", ("accepted", "true"));
        return started.Headers.Location!.ToString().Split('/')[^1];
    }

    private Task<List<string>> RefusalsAsync() => server.InCatalogueAsync(catalogue => catalogue.Audit.Where(row => row.Action == "access.refused").OrderBy(row => row.Id).Select(row => row.Detail!).ToListAsync());
}
