using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureRecorder.Admin.Sessions;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>Whatever goes wrong under <c>/api</c> is problem+json, also for a browser, and never tells how the server is built.</summary>
public sealed class ApiProblemTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Nobody = "00000000-0000-7000-8000-000000000000";

    [Theory]
    [InlineData(400, "POST", "/api/recorder/join", "{\"code\":")]
    [InlineData(400, "POST", "/api/recorder/join", "[]")]
    [InlineData(400, "POST", "/api/recorder/join", "null")]
    [InlineData(400, "POST", "/api/recorder/join", "")]
    [InlineData(401, "GET", "/api/recorder/control", null)]
    [InlineData(401, "GET", "/api/live/chat", null)]
    [InlineData(401, "GET", "/api/sessions/" + Nobody, null)]
    [InlineData(404, "GET", "/api/nowhere", null)]
    [InlineData(404, "GET", "/api/sessions/not-an-id", null)]
    [InlineData(405, "DELETE", "/api/recorder/join", null)]
    [InlineData(415, "POST", "/api/recorder/join", "code=x")]
    public async Task Every_refusal_is_a_problem(int status, string method, string path, string? body)
    {
        using var browser = new Browser(shared.Server);
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null) { request.Content = new StringContent(body, new MediaTypeHeaderValue(status == 415 ? "application/x-www-form-urlencoded" : "application/json")); }
        using var answer = await browser.SendAsync(request, "text/html");
        await RequireAsync(answer, status);
    }

    [Fact]
    public async Task Who_may_not_and_what_is_not_there_are_problems()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/sessions/{Nobody}/chat") { Content = new StringContent("{}", new MediaTypeHeaderValue("application/json")) };
        using (var none = await shared.Technician.Browser.SendAsync(request, "text/html")) { await RequireAsync(none, 404); }
        var (session, _) = await shared.Technician.StartSessionAsync();
        using var forged = new HttpRequestMessage(HttpMethod.Post, $"/api/sessions/{session}/chat") { Content = new StringContent("{}", new MediaTypeHeaderValue("application/json")) };
        using var refused = await shared.Technician.Browser.SendAsync(forged, "text/html");
        await RequireAsync(refused, 403);
    }

    [Fact]
    public async Task Too_large_a_body_is_a_problem()
    {
        using var browser = new Browser(shared.Server);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/recorder/join") { Content = new StringContent($"{{\"code\":\"{new string('x', 2 << 20)}\"}}", new MediaTypeHeaderValue("application/json")) };
        request.Headers.ExpectContinue = true;
        using var answer = await browser.SendAsync(request, "text/html");
        await RequireAsync(answer, 413);
    }

    [Fact]
    public async Task Too_many_tries_are_a_problem_and_say_how_long_to_wait()
    {
        await using var server = await Server.StartAsync(("RateLimits:TriesPerAddress", "1"));
        using var browser = new Browser(server);
        using (await browser.ScriptAsync(HttpMethod.Post, "/api/recorder/join", new { code = "x" })) { }
        using var answer = await browser.ScriptAsync(HttpMethod.Post, "/api/recorder/join", new { code = "x" });
        await RequireAsync(answer, 429);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("/api/recorder/join", "application/problem+json")]
    [InlineData("/join", "text/html")]
    public async Task A_fault_says_nothing_of_what_failed_and_carries_every_header(string path, string type)
    {
        await using var server = await Server.StartAsync();
        server.Adapt = services => services.Replace(ServiceDescriptor.Scoped<RedeemCode>(_ => throw new InvalidOperationException("secret of the server")));
        await server.StartAgainAsync();
        using var browser = new Browser(server);
        using var answer = path == "/join" ? await browser.SubmitAsync("/join", path, ("code", "2345-6789"))
            : await browser.SendAsync(new(HttpMethod.Post, path) { Content = new StringContent("{}", new MediaTypeHeaderValue("application/json")) }, "text/html");
        var words = await answer.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.InternalServerError, type), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        foreach (var told in (string[])["secret", "Exception", "   at ", ".cs:"]) { Assert.DoesNotContain(told, words, StringComparison.Ordinal); }
        foreach (var header in (string[])["Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"]) { Assert.True(answer.Headers.Contains(header), header); }
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    private static async Task RequireAsync(HttpResponseMessage answer, int status)
    {
        var words = await answer.Content.ReadAsStringAsync();
        Assert.True((status, "application/problem+json") == ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType), $"{answer.StatusCode} {answer.Content.Headers.ContentType} {words}");
        var problem = JsonDocument.Parse(words).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        foreach (var told in (string[])["Exception", "   at ", "SecureRecorder."]) { Assert.DoesNotContain(told, words, StringComparison.Ordinal); }
    }
}
