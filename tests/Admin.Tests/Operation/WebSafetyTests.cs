using System.Net;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>What every answer carries, and what every page may load.</summary>
public sealed class WebSafetyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/join")]
    [InlineData("/sign-in")]
    [InlineData("/nowhere")]
    [InlineData("/api/recorder/control")]
    [InlineData("/css/site.css")]
    public async Task Every_answer_forbids_framing_sniffing_and_foreign_code(string path)
    {
        using var browser = new Browser(shared.Server);
        using var answer = await browser.GetAsync(path);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/join")]
    [InlineData("/sign-in")]
    public async Task Pages_have_no_inline_code_and_are_not_stored(string path)
    {
        using var answer = await shared.Technician.Browser.GetAsync(path);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("<style|style=\"|<script>|\\son[a-z]+=\"|javascript:", page);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
    }

    [Fact]
    public async Task A_person_gets_words_and_a_program_gets_problem_json()
    {
        using var browser = new Browser(shared.Server);
        using var page = await browser.GetAsync("/nowhere");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        using var problem = await browser.SendAsync(new(HttpMethod.Get, "/nowhere"), "application/json");
        Assert.Equal("application/problem+json", problem.Content.Headers.ContentType?.MediaType);
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound], [page.StatusCode, problem.StatusCode]);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var browser = new Browser(shared.Server);
        using var answer = await browser.SendAsync(new(HttpMethod.Post, "/join") { Content = new FormUrlEncodedContent([new("code", "ABCD-EFGH")]) }, "text/html");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Keys_are_readable_by_their_owner_only()
    {
        await using var server = await Server.StartFirstAsync();
        var keys = Directory.GetFiles(Path.Combine(server.Data, "keys"));
        Assert.Contains(keys, file => file.EndsWith("kek.pem", StringComparison.Ordinal));
        Assert.All(keys, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(server.Data));
    }

    [Fact]
    public async Task An_upload_without_a_valid_address_is_refused()
    {
        using var browser = new Browser(shared.Server);
        using var answer = await browser.SendAsync(new(HttpMethod.Put, "/objects/v1/x/video/key.json?expires=99999999999&signature=AAAA") { Content = new ByteArrayContent(new byte[10]) }, "*/*");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
