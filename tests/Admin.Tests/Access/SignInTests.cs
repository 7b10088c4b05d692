using System.Net;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>Password and authenticator code, lock-out, and what is closed without them.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician technician = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        technician = await Technician.SignInAsync(server);
        server.Clock.Advance(TimeSpan.FromMinutes(2)); // codes of the set-up are used up
    }

    public async ValueTask DisposeAsync()
    {
        technician.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sessions/00000000-0000-7000-8000-000000000000")]
    public async Task Without_an_account_the_technicians_pages_lead_to_the_sign_in(string path)
    {
        using var stranger = new Browser(server);
        using var answer = await stranger.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains("/sign-in", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_and_a_wrong_code_get_the_same_answer()
    {
        using var wrongPassword = await technician.EnterAsync("not the password", technician.Code());
        using var wrongCode = await technician.EnterAsync(Technician.Password, "000000");
        using var unknown = await technician.Browser.SubmitAsync("/sign-in", "/sign-in", ("userName", "nobody"), ("password", "x"), ("code", "000000"));
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], [wrongPassword.StatusCode, wrongCode.StatusCode, unknown.StatusCode]);
        Assert.All(await Task.WhenAll(wrongPassword.Content.ReadAsStringAsync(), wrongCode.Content.ReadAsStringAsync(), unknown.Content.ReadAsStringAsync()),
            body => Assert.Contains("User name, password or code is wrong", body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_code_works_once()
    {
        var code = technician.Code();
        using var first = await technician.EnterAsync(Technician.Password, code);
        using var second = await technician.EnterAsync(Technician.Password, code);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
    }

    [Fact]
    public async Task Signing_out_closes_the_pages()
    {
        using var signedOut = await technician.Browser.SubmitAsync("/", "/sign-out");
        Assert.Equal(HttpStatusCode.Redirect, signedOut.StatusCode);
        using var page = await technician.Browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
    }

    [Fact]
    public async Task A_sign_in_lasts_twelve_hours()
    {
        server.Clock.Advance(TimeSpan.FromHours(11));
        Assert.Equal(HttpStatusCode.OK, (await technician.Browser.GetAsync("/")).StatusCode);
        server.Clock.Advance(TimeSpan.FromHours(1.5));
        Assert.Equal(HttpStatusCode.Redirect, (await technician.Browser.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task Only_a_path_of_this_server_is_gone_back_to()
    {
        using var answer = await technician.Browser.SubmitAsync("/sign-in", "/sign-in",
            ("userName", Technician.UserName), ("password", Technician.Password), ("code", technician.Code()), ("returnUrl", "//elsewhere.example/"));
        Assert.Equal("/", answer.Headers.Location!.ToString());
    }
}
