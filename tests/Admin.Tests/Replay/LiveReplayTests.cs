using System.Text.Json.Nodes;
using SecureRecorder.Admin.Tests.Chat;

namespace SecureRecorder.Admin.Tests.Replay;

/// <summary>A replay that is opened while the session goes on.</summary>
public sealed class LiveReplayTests
{
    [Fact]
    public async Task It_is_live_until_the_session_is_signed_and_then_verified_at_once()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        var replay = $"/sessions/{scene.Session}/replay";
        using var opened = await scene.Technician.Browser.SubmitAsync(replay, replay, ("purpose", "Quality assurance"));
        var grant = opened.Headers.Location!.ToString().Split('/')[^1];
        Assert.Equal("live", await StatusAsync());
        await scene.FinishAsync();
        Assert.Equal("verified", await StatusAsync());

        async Task<string?> StatusAsync()
        {
            using var answer = await scene.Technician.Browser.ScriptAsync(HttpMethod.Get, $"/api/replay/{grant}");
            return (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"];
        }
    }
}
