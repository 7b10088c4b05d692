using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Recording;

/// <summary>C1, addresses, uploads and commits: what is accepted, and everything that is not.</summary>
[Trait("Catalogue", "both")]
public sealed class CommitTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;

    [Fact]
    public async Task No_address_is_handed_out_before_the_consent()
    {
        var (session, code) = await shared.Technician.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(Server, code);
        await AssertProblemAsync(await recorder.AskAddressesAsync("video", "key.json"), HttpStatusCode.Forbidden, "There is no consent.");
        using var person = await Person.JoinAsync(Server, code);
        await AssertProblemAsync(await recorder.AskAddressesAsync("video", "key.json"), HttpStatusCode.Forbidden, "There is no consent.");
        Assert.Empty((await Server.SessionAsync(session)).Tracks);
    }

    [Theory]
    [InlineData("consent", "key.json", HttpStatusCode.Forbidden)]
    [InlineData("chat", "key.json", HttpStatusCode.Forbidden)]
    [InlineData("../other", "key.json", HttpStatusCode.Forbidden)]
    [InlineData("video", "../../x", HttpStatusCode.BadRequest)]
    [InlineData("video", "0.seal", HttpStatusCode.BadRequest)]
    [InlineData("video", "99999999.seal", HttpStatusCode.BadRequest)]
    [InlineData("video", "", HttpStatusCode.BadRequest)]
    public async Task Addresses_are_for_a_recorders_own_objects_only(string track, string name, HttpStatusCode status)
    {
        await using var scene = await SceneAsync();
        using var refused = await scene.Recorder.AskAddressesAsync(track, name);
        Assert.Equal(status, refused.StatusCode);
    }

    [Fact]
    public async Task Addresses_come_in_limited_batches()
    {
        await using var scene = await SceneAsync();
        var names = Enumerable.Range(0, AddressesRequest.MaximumNames + 1).Select(i => TrackObjects.SegmentName(i)).ToArray();
        Assert.Equal(HttpStatusCode.BadRequest, (await scene.Recorder.AskAddressesAsync("video", names)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await scene.Recorder.AskAddressesAsync("video")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await scene.Recorder.AskAddressesAsync("video", names[..^1])).StatusCode);
    }

    [Fact]
    public async Task An_address_serves_one_object_once_and_for_a_while()
    {
        await using var scene = await SceneAsync();
        using var answer = await scene.Recorder.AskAddressesAsync("video", "00000000.seal");
        var address = (await answer.Content.ReadFromJsonAsync(RecordingJson.Default.AddressesAnswer))!.Addresses[0];
        Assert.Equal(HttpStatusCode.OK, (await TestRecorder.PutAsync(address, new byte[100])).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await TestRecorder.PutAsync(address, new byte[100])).StatusCode);
        var other = new Uri(address.Url.ToString().Replace("00000000.seal", "00000001.seal", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, (await TestRecorder.PutAsync(address with { Url = other }, new byte[100])).StatusCode);
    }

    [Fact]
    public async Task A_large_segment_passes_and_a_larger_one_is_refused()
    {
        await using var scene = await SceneAsync();
        await scene.Recorder.PutAsync("video", "00000000.seal", new byte[3 << 20]);
        using var answer = await scene.Recorder.AskAddressesAsync("video", "00000001.seal");
        var address = (await answer.Content.ReadFromJsonAsync(RecordingJson.Default.AddressesAnswer))!.Addresses[0];
        using var refused = await TestRecorder.PutAsync(address, new byte[(64 << 20) + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Null(await Server.Store.FindAsync($"v1/{scene.Session}/video/00000001.seal", default));
    }

    [Fact]
    public async Task Segments_are_committed_in_order_and_again_without_harm()
    {
        await using var scene = await SceneAsync();
        var made = await scene.Recorder.RecordAsync(scene.Video, 4);
        Assert.Equal(2, await CommittedAsync(scene, made[..2]));
        Assert.Equal(4, await CommittedAsync(scene, made[2..]));
        Assert.Equal(4, await CommittedAsync(scene, made)); // the answer was lost: sent again
        Assert.Equal(4, await CommittedAsync(scene, made[..2])); // an old one, late
        var track = (await Server.SessionAsync(scene.Session)).Tracks.Single(t => t.Name == "video");
        Assert.Equal((4, made.Sum(segment => segment.Entry.Size), 15.0), (track.Segments, track.Size, track.Duration));
    }

    [Fact]
    public async Task The_same_commit_twice_at_once_counts_once()
    {
        await using var scene = await SceneAsync();
        var made = await scene.Recorder.RecordAsync(scene.Video, 3);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => scene.Recorder.CommitAsync(TestRecorder.CommitOf(scene.Video, made))));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(3, (await Server.SessionAsync(scene.Session)).Tracks.Single(t => t.Name == "video").Segments);
    }

    [Fact]
    public async Task A_commit_out_of_order_says_what_is_expected()
    {
        await using var scene = await SceneAsync();
        var made = await scene.Recorder.RecordAsync(scene.Video, 3);
        await CommittedAsync(scene, made[..1]);
        var problem = await AssertProblemAsync(await scene.Recorder.CommitAsync(TestRecorder.CommitOf(scene.Video, made[2..])), HttpStatusCode.Conflict, "A segment is missing.");
        Assert.Equal(1, problem.GetProperty("expected").GetInt64());
    }

    public static TheoryData<string> BadCommits => ["digest", "size", "checkpoint", "foreign-checkpoint", "time", "gap", "media-type", "no-segments", "no-such-object", "hole"];

    [Theory]
    [MemberData(nameof(BadCommits))]
    public async Task A_commit_that_does_not_match_is_refused_and_changes_nothing(string what)
    {
        await using var scene = await SceneAsync();
        var made = await scene.Recorder.RecordAsync(scene.Video, 2);
        var good = TestRecorder.CommitOf(scene.Video, made);
        var last = good.Segments[1];
        using var stranger = SigningKey.Create();
        var bad = what switch
        {
            "digest" => good with { Segments = [good.Segments[0], last with { Sha256 = good.Segments[0].Sha256 }] },
            "size" => good with { Segments = [good.Segments[0], last with { Size = last.Size + 1 }] },
            "checkpoint" => good with { Checkpoint = made[0].Checkpoint },
            "foreign-checkpoint" => good with { Checkpoint = System.Buffers.Text.Base64Url.EncodeToString(SegmentChain.Over(scene.Session, TrackName.Video, good.Segments).SignCheckpoint(stranger)) },
            "time" => good with { Segments = [good.Segments[0], last with { Start = -1 }] },
            "gap" => good with { Gaps = [new Gap(1, 1, "coffee")] },
            "media-type" => good with { MediaType = "text/html" },
            "no-segments" => good with { Segments = [] },
            "no-such-object" => await UnputAsync(scene),
            _ => good with { Segments = [good.Segments[0], last with { Index = 7 }] },
        };
        using var refused = await scene.Recorder.CommitAsync(bad);
        Assert.True(refused.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.BadRequest, refused.StatusCode.ToString());
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain((await Server.SessionAsync(scene.Session)).Tracks, track => track.Name == "video");
        if (what != "no-such-object") { Assert.Equal(2, await CommittedAsync(scene, made)); }
    }

    [Fact]
    public async Task What_is_committed_cannot_be_altered()
    {
        await using var scene = await SceneAsync();
        var made = await scene.Recorder.RecordAsync(scene.Video, 2);
        await CommittedAsync(scene, made);
        var good = TestRecorder.CommitOf(scene.Video, made);
        var altered = good with { Segments = [good.Segments[0], good.Segments[1] with { Duration = 4 }] };
        await AssertProblemAsync(await scene.Recorder.CommitAsync(altered), HttpStatusCode.Conflict, "A committed segment was altered.");
        using var address = await scene.Recorder.AskAddressesAsync("video", "00000001.seal");
        Assert.Equal(HttpStatusCode.Conflict, address.StatusCode);
        using var key = await scene.Recorder.AskAddressesAsync("video", "key.json");
        Assert.Equal(HttpStatusCode.Conflict, key.StatusCode);
    }

    [Fact]
    public async Task A_token_of_nobody_and_of_another_session_is_refused()
    {
        await using var scene = await SceneAsync();
        await using var other = await SceneAsync();
        var made = await scene.Recorder.RecordAsync(scene.Video, 1);
        using var nobody = scene.Recorder.WithToken(Server, "AAAA");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.CommitAsync(TestRecorder.CommitOf(scene.Video, made))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetControlAsync()).StatusCode);
        using var foreign = scene.Recorder.WithToken(Server, other.Recorder.Joined.Token);
        Assert.Equal(HttpStatusCode.Conflict, (await foreign.CommitAsync(TestRecorder.CommitOf(scene.Video, made))).StatusCode);
        Assert.DoesNotContain((await Server.SessionAsync(other.Session)).Tracks, track => track.Name == "video");
    }

    [Fact]
    public async Task Gaps_are_kept_as_they_were_last_told()
    {
        await using var scene = await SceneAsync();
        var made = await scene.Recorder.RecordAsync(scene.Video, 2);
        using var first = await scene.Recorder.CommitAsync(TestRecorder.CommitOf(scene.Video, made, new Gap(1, 2, GapReason.PausedByPerson)));
        using var longer = await scene.Recorder.CommitAsync(TestRecorder.CommitOf(scene.Video, made, new Gap(1, 3, GapReason.PausedByPerson)));
        Assert.Equal(3, (await Server.SessionAsync(scene.Session)).Tracks.Single(t => t.Name == "video").ReadGaps().Single().Duration);
    }

    [Fact]
    public async Task Malformed_bodies_get_a_clear_answer_without_a_stack_trace()
    {
        await using var scene = await SceneAsync();
        using var client = new HttpClient { BaseAddress = Server.Url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", scene.Recorder.Joined.Token);
        foreach (var body in (string[])["", "{", "[]", "null", "{\"track\":5}"])
        {
            using var refused = await client.PostAsync("/api/recorder/commits", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            Assert.True((int)refused.StatusCode is >= 400 and < 500, $"'{body}': {refused.StatusCode}");
            Assert.DoesNotContain("   at ", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<CommitRequest> UnputAsync(Scene scene)
    {
        var segment = scene.Video.Seal(new byte[10], 10, 5, key: true);
        await Task.CompletedTask;
        return new("video", TestRecorder.VideoType, DateTimeOffset.UnixEpoch, 0, [.. scene.Video.Segments], [], segment.Checkpoint);
    }

    private static async Task<long> CommittedAsync(Scene scene, IReadOnlyList<SealedSegment> segments)
    {
        using var answer = await scene.Recorder.CommitAsync(TestRecorder.CommitOf(scene.Video, segments));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync(RecordingJson.Default.CommitAnswer))!.Committed;
    }

    internal static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string title)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(title, problem.GetProperty("title").GetString());
        return problem;
    }

    private async Task<Scene> SceneAsync()
    {
        var (session, code) = await shared.Technician.StartSessionAsync();
        var recorder = await TestRecorder.JoinAsync(Server, code);
        var person = await Person.JoinAsync(Server, code);
        var receipt = await person.AllowAsync();
        return new(session, person, recorder, recorder.Write(receipt));
    }

    private sealed record Scene(Guid Session, Person Person, TestRecorder Recorder, TrackWriter Video) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Video.Dispose();
            Person.Dispose();
            Recorder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
