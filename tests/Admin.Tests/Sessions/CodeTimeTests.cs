using System.Net;
using System.Net.Http.Json;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Sessions;

/// <summary>A code's ten minutes, and how often codes may be tried.</summary>
public sealed class CodeTimeTests
{
    [Fact]
    public async Task An_expired_code_is_not_valid()
    {
        await using var server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        var (_, code) = await technician.StartSessionAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(10.1));
        using var person = new Person(server);
        Assert.Equal(HttpStatusCode.NotFound, (await person.EnterAsync(code)).StatusCode);
    }

    [Fact]
    public async Task Trying_too_often_is_refused_with_the_time_to_wait()
    {
        await using var server = await Server.StartAsync(("RateLimits:TriesPerAddress", "10"));
        using var client = new HttpClient { BaseAddress = server.Url };
        using var key = SigningKey.Create();
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 11; i++)
        {
            answers.Add(await client.PostAsJsonAsync("/api/recorder/join", new JoinRequest("0000-0000", key.Public), RecordingJson.Default.JoinRequest));
        }

        Assert.All(answers[..10], answer => Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[10].StatusCode);
        Assert.InRange(answers[10].Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("application/problem+json", answers[10].Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task There_is_a_limit_for_everybody_together()
    {
        await using var server = await Server.StartAsync(("RateLimits:TriesInAll", "3"));
        using var client = new HttpClient { BaseAddress = server.Url };
        using var key = SigningKey.Create();
        HttpStatusCode last = default;
        for (var i = 0; i < 4; i++)
        {
            last = (await client.PostAsJsonAsync("/api/recorder/join", new JoinRequest("0000-0000", key.Public), RecordingJson.Default.JoinRequest)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }
}
