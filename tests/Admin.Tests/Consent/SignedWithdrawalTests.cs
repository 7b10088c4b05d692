using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Admin.Tests.Chat;
using SecureRecorder.RetentionJobs.Verification;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>C7, C4: what somebody's device signed when they took their consent back is kept beside it, and nothing that it signs can keep the recording running.</summary>
public sealed class SignedWithdrawalTests : IAsyncLifetime
{
    private ChatScene scene = null!;

    public async ValueTask InitializeAsync()
    {
        scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
    }

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task It_lies_in_the_consent_track_and_in_the_file_that_the_person_keeps()
    {
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(3));
        await scene.Person.PressAsync("withdraw", scene.Person.TakeBack(scene.Receipt));
        Assert.Equal("recorded", await scene.FinishAsync());
        Assert.True((await VerifiedAsync()).IsWhole);
        Assert.Equal(4, (await ConsentAsync()).Segments);

        var kept = await DownloadAsync();
        var verified = Assert.IsType<VerifyReceiptFile.Outcome.Verified>(VerifyReceiptFile.Run(System.Text.Encoding.UTF8.GetBytes(kept), null));
        Assert.NotNull(verified.Withdrawn);
        Assert.True(verified.Withdrawn.Confirmed > verified.Word.At);
        using var technicians = await scene.Technician.Browser.GetAsync("/consent/receipt");
        Assert.NotEqual(HttpStatusCode.OK, technicians.StatusCode);
    }

    [Fact]
    public async Task Without_the_devices_key_it_is_withdrawn_all_the_same()
    {
        await scene.Person.PressAsync("withdraw");
        Assert.Equal(TrackEnd.Withdrawn, (await scene.Control!.NextAsync(ControlPhase.End)).Reason);
        await scene.FinishAsync();
        Assert.Equal(2, (await ConsentAsync()).Segments);
        Assert.Null(JsonNode.Parse(await DownloadAsync())!["withdrawal"]);
        Assert.NotNull((await scene.Server.SessionAsync(scene.Session)).Of(Participant.First).WithdrawnAt);
    }

    public static TheoryData<string> Wrong => ["another device", "another participant", "another session", "another notice", "another choice", "an allowance", "nonsense", "too long"];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_not_this_persons_withdrawal_is_not_kept_and_the_recording_stops_all_the_same(string what)
    {
        using var other = SigningKey.Create();
        var (person, receipt) = (scene.Person, scene.Receipt);
        var statement = what switch
        {
            "another device" => person.TakeBack(receipt, with: other),
            "another participant" => person.TakeBack(receipt, taken => taken with { Participant = "p2" }),
            "another session" => person.TakeBack(receipt, taken => taken with { Session = Guid.NewGuid() }),
            "another notice" => person.TakeBack(receipt, taken => taken with { Notice = taken.Notice with { Version = 7 } }),
            "another choice" => person.TakeBack(receipt, taken => taken with { Choices = taken.Choices with { Chat = !taken.Choices.Chat } }),
            "an allowance" => receipt,
            "nonsense" => "a.b.c",
            _ => new string('x', 9000),
        };
        await person.PressAsync("withdraw", statement);
        Assert.Equal(TrackEnd.Withdrawn, (await scene.Control!.NextAsync(ControlPhase.End)).Reason);
        var refused = await scene.Server.InCatalogueAsync(catalogue => catalogue.Audit.AsNoTracking().Where(row => row.Session == scene.Session && row.Action == "withdrawal.signed").ToListAsync());
        Assert.Equal(["refused"], refused.Select(row => row.Outcome));
        Assert.Equal("recorded", await scene.FinishAsync());
        Assert.Equal(2, (await ConsentAsync()).Segments);
        Assert.True((await VerifiedAsync()).IsWhole);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_stops_it_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/live/withdraw") { Content = new StringContent("{\"receipt\":", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("X-SecureRecorder", "1");
        using var answer = await scene.Person.Browser.SendAsync(request, "application/json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(TrackEnd.Withdrawn, (await scene.Control!.NextAsync(ControlPhase.End)).Reason);
    }

    [Fact]
    public async Task A_bucket_that_is_away_does_not_keep_the_recording_running()
    {
        scene.Server.Store.IsDown = true;
        await scene.Person.PressAsync("withdraw", scene.Person.TakeBack(scene.Receipt));
        Assert.Equal(TrackEnd.Withdrawn, (await scene.Control!.NextAsync(ControlPhase.End)).Reason);
        scene.Server.Store.IsDown = false;
        Assert.Equal("recorded", await scene.FinishAsync());
        Assert.True((await VerifiedAsync()).IsWhole);
    }

    [Fact]
    public async Task It_is_kept_once()
    {
        await scene.Person.PressAsync("withdraw", scene.Person.TakeBack(scene.Receipt));
        await scene.Person.PressAsync("withdraw", scene.Person.TakeBack(scene.Receipt));
        await scene.FinishAsync();
        await scene.Person.PressAsync("withdraw", scene.Person.TakeBack(scene.Receipt)); // and nothing is added to what is signed
        Assert.Equal(4, (await ConsentAsync()).Segments);
        Assert.True((await VerifiedAsync()).IsWhole);
    }

    [Fact]
    public async Task A_recorder_that_finishes_meanwhile_waits_for_it()
    {
        var putting = new TaskCompletionSource();
        var finish = Task.FromResult("");
        scene.Server.Store.BeforePut = async name =>
        {
            if (!name.Contains("/consent/", StringComparison.Ordinal) || putting.Task.IsCompleted) { return; }

            putting.SetResult();
            finish = scene.FinishAsync();
            await Task.WhenAny(finish, Task.Delay(TimeSpan.FromSeconds(1)));
        };
        await scene.Person.PressAsync("withdraw", scene.Person.TakeBack(scene.Receipt));
        Assert.Equal("recorded", await finish);
        Assert.Equal(4, (await ConsentAsync()).Segments);
        Assert.True((await VerifiedAsync()).IsWhole);
    }

    private async Task<RecordedTrack> ConsentAsync() => (await scene.Server.SessionAsync(scene.Session)).Tracks.Single(track => track.Name == "consent");

    private async Task<string> DownloadAsync()
    {
        using var answer = await scene.Person.Browser.GetAsync("/consent/receipt");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<VerifyRecording.Outcome.Verified> VerifiedAsync()
    {
        await using var scope = scene.Server.Services.CreateAsyncScope();
        return Assert.IsType<VerifyRecording.Outcome.Verified>(await ActivatorUtilities.CreateInstance<VerifyRecording>(scope.ServiceProvider).RunAsync(scene.Session, default));
    }
}
