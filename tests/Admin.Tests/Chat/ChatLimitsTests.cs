using System.Net;
using System.Text;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>Who may write and read, what a message may be, and what is left of one that is not to be kept.</summary>
public sealed class ChatLimitsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    public async Task An_empty_message_is_not_sent(string text)
    {
        await using var scene = await ChatScene.StartAsync();
        using var refused = await scene.PersonSaysAsync(text);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("empty", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_long_and_too_many_messages_are_refused_with_the_limit()
    {
        await using var scene = await ChatScene.StartAsync();
        using var tooLong = await scene.PersonSaysAsync(new string('x', 100_000));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        Assert.Contains("100000 characters; it may have 4000", await tooLong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++) { answers.Add((await scene.PersonSaysAsync($"{i}")).StatusCode); }
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.OK, (await scene.TechnicianSaysAsync("one side's limit is not the other's")).StatusCode);
    }

    [Fact]
    public async Task Every_script_arrives_as_it_was_written_and_control_characters_become_visible()
    {
        await using var scene = await ChatScene.StartAsync();
        await using var technician = await scene.TechnicianListensAsync();
        const string Written = "שלום 👩‍👩‍👧 مرحبا \u202Eabc\u202C <b>x</b> \\\\host\\share\nline";
        await scene.PersonSaysAsync(Written);
        Assert.Equal(Written, (await technician.NextAsync()).Text);
        await scene.PersonSaysAsync("a\u0000b\u001b[31m\r\nc");
        Assert.Equal("a\uFFFDb\uFFFD[31m\nc", (await technician.NextAsync()).Text);
    }

    [Fact]
    public async Task Nobody_writes_or_reads_for_somebody_else()
    {
        await using var scene = await ChatScene.StartAsync();
        using var stranger = new Browser(scene.Server);
        HttpResponseMessage[] answers =
        [
            await stranger.ScriptAsync(HttpMethod.Post, "/api/live/chat", new { text = "x" }),
            await stranger.ScriptAsync(HttpMethod.Get, "/api/live/chat"),
            await stranger.ScriptAsync(HttpMethod.Post, $"/api/sessions/{scene.Session}/chat", new { text = "x" }),
            await scene.Person.Browser.ScriptAsync(HttpMethod.Post, $"/api/sessions/{scene.Session}/chat", new { text = "x" }),
            await scene.Person.Browser.ScriptAsync(HttpMethod.Get, $"/api/sessions/{scene.Session}/chat"),
            await scene.Technician.Browser.ScriptAsync(HttpMethod.Post, "/api/live/chat", new { text = "x" }),
            await scene.Technician.Browser.ScriptAsync(HttpMethod.Get, "/api/live/chat"),
        ];
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Technician.Browser.ScriptAsync(HttpMethod.Post, $"/api/sessions/{Guid.CreateVersion7(scene.Server.Clock.GetUtcNow())}/chat", new { text = "x" })).StatusCode);

        // Another site can send no header of ours.
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/live/chat") { Content = new StringContent("{\"text\":\"x\"}", Encoding.UTF8, "application/json") };
        Assert.Equal(HttpStatusCode.Forbidden, (await scene.Person.Browser.SendAsync(foreign, "application/json")).StatusCode);
    }

    [Theory]
    [InlineData(ChatKeeping.Session)]
    [InlineData(ChatKeeping.Nothing)]
    public async Task What_is_not_to_be_kept_is_nowhere_on_the_disk(ChatKeeping keep)
    {
        const string Canary = "CanaryInTheChat7391";
        await using var scene = await ChatScene.StartAsync(("Chat:Keep", keep.ToString()));
        await scene.RecordAsync();
        await using (var technician = await scene.TechnicianListensAsync())
        {
            await scene.PersonSaysAsync($"{Canary} is what I say");
            Assert.False((await technician.NextAsync()).Recorded);
        }

        await scene.TechnicianSaysAsync("and this is what I answer");
        await using (var anew = await scene.TechnicianListensAsync())
        {
            if (keep is ChatKeeping.Nothing) { await scene.PersonSaysAsync("only what comes now"); }
            Assert.Equal(keep is ChatKeeping.Nothing ? "only what comes now" : $"{Canary} is what I say", (await anew.NextAsync()).Text);
        }

        Assert.Equal("recorded", await scene.FinishAsync());
        await scene.Server.StopAsync();
        Assert.False(scene.HasChatTrack);
        Assert.Empty(scene.Server.FilesThatHold(Canary));
        Assert.DoesNotContain(Canary, scene.Server.Console, StringComparison.Ordinal);
    }
}
