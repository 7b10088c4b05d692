using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>H1, H2: both sides see the same, without its secrets; what is sealed is what was said while the session was recorded.</summary>
public sealed class ChatTests
{
    [Fact]
    public async Task Both_sides_hear_what_either_says_and_the_secrets_are_gone_before_anybody_hears()
    {
        await using var scene = await ChatScene.StartAsync();
        await using var person = await scene.PersonListensAsync();
        await using var technician = await scene.TechnicianListensAsync();
        using var sent = await scene.PersonSaysAsync("My card is 4111 1111 1111 1111, can you see it?");
        Assert.Contains("card number", await sent.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await scene.TechnicianSaysAsync("I cannot.");

        foreach (var side in new[] { person, technician })
        {
            var first = await side.NextAsync();
            Assert.Equal((1, ChatSide.Person, false), (first.Id, first.From, first.Recorded));
            Assert.DoesNotContain("4111", first.Text, StringComparison.Ordinal);
            Assert.Equal(["card number"], first.Removed);
            Assert.Equal("I cannot.", (await side.NextAsync()).Text);
        }
    }

    [Fact]
    public async Task With_the_recording_what_was_said_is_gone_from_memory_and_from_the_pages()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        await scene.PersonSaysAsync("something private");
        await scene.FinishAsync();
        var page = $"/sessions/{scene.Session}";
        Assert.Contains("chat-form", await scene.Technician.Browser.ReadAsync(page), StringComparison.Ordinal);
        await using var technician = await scene.TechnicianListensAsync();
        Assert.Equal("something private", (await technician.NextAsync()).Text);

        await scene.Person.PressAsync("erase");

        await technician.NextAsync("deleted");
        using var again = await scene.Technician.Browser.GetAsync($"/api{page}/chat");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        using var said = await scene.TechnicianSaysAsync("Are you there?");
        Assert.Equal(HttpStatusCode.BadRequest, said.StatusCode);
        Assert.Contains("deleted", await said.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var (browser, path) in new[] { (scene.Technician.Browser, page), (scene.Person.Browser, "/live") })
        {
            Assert.DoesNotContain("chat-form", await browser.ReadAsync(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_recording_that_a_job_deletes_takes_what_was_said_with_it()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        await scene.PersonSaysAsync("something private");
        await scene.FinishAsync();
        await using var technician = await scene.TechnicianListensAsync();
        Assert.Equal("something private", (await technician.NextAsync()).Text);

        await scene.Server.InCatalogueAsync(catalogue => catalogue.Sessions.Where(s => s.Id == scene.Session).ExecuteUpdateAsync(s => s.SetProperty(session => session.State, SessionState.Purging))); // as another process does

        await technician.NextAsync("deleted");
    }

    [Fact]
    public async Task Who_comes_back_hears_what_they_missed_and_nothing_twice()
    {
        await using var scene = await ChatScene.StartAsync();
        for (var i = 1; i <= 3; i++) { await scene.PersonSaysAsync($"message {i}"); }
        await using var technician = await scene.TechnicianListensAsync(heard: 2);
        Assert.Equal("message 3", (await technician.NextAsync()).Text);
        await using var anew = await scene.TechnicianListensAsync();
        Assert.Equal("message 1", (await anew.NextAsync()).Text);
    }

    [Fact]
    public async Task What_is_said_while_the_session_is_recorded_is_sealed_and_nothing_from_before_the_consent_or_during_a_pause()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.PersonSaysAsync("before the consent");
        await scene.RecordAsync();
        await scene.PersonSaysAsync("while it is recorded");
        await scene.TechnicianSaysAsync("my password: hunter2");
        await scene.Person.PressAsync("pause");
        await scene.PersonSaysAsync("during the pause");
        await scene.Person.PressAsync("resume");
        await scene.PersonSaysAsync("after the pause");

        Assert.Equal("recorded", await scene.FinishAsync());
        var lines = await scene.StoredAsync();
        Assert.Equal(["while it is recorded", "my password: [password removed]", "after the pause"], lines.Select(line => line.Text));
        Assert.Equal([ChatSide.Person, ChatSide.Technician, ChatSide.Person], lines.Select(line => line.From));
        Assert.All(lines, line => Assert.True(line.At >= 0));
        Assert.True(lines.Zip(lines.Skip(1)).All(pair => pair.First.At <= pair.Second.At));
        Assert.All((await scene.Server.SessionAsync(scene.Session)).Tracks, track => Assert.True(track.Finished));
    }

    [Fact]
    public async Task A_recording_without_chat_has_no_chat_track()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.PersonSaysAsync("before the consent");
        await scene.RecordAsync();
        Assert.Equal("recorded", await scene.FinishAsync());
        Assert.False(scene.HasChatTrack);
    }

    [Fact]
    public async Task What_is_said_is_sealed_ten_seconds_later_at_the_latest()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        await scene.PersonSaysAsync("alone");
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(9.9)); // the person's page is heard of, or the session would pause
        Assert.False(scene.HasChatTrack);
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await scene.SealedAsync(1);
    }

    [Fact]
    public async Task After_a_restart_the_track_goes_on_where_it_was()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        await scene.PersonSaysAsync("before the restart");
        await scene.Server.StartAgainAsync(); // an ordinary stop seals what waits
        await scene.SealedAsync(1);
        await scene.Person.BeatAsync();
        await using var control = await scene.Recorder.ListenAsync();
        await control.NextAsync(ControlPhase.Record);
        await scene.PersonSaysAsync("after the restart");
        Assert.Equal("recorded", await scene.FinishAsync());
        Assert.Equal(["before the restart", "after the restart"], (await scene.StoredAsync()).Select(line => line.Text));
    }

    [Fact]
    public async Task A_bucket_that_is_away_delays_the_sealing_and_loses_nothing()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        await scene.PersonSaysAsync("first");
        scene.Server.Store.IsDown = true;
        using (var away = await scene.Recorder.FinishAsync("ended", new FinishedTrack("video", scene.Video.Segments.Count, Manifest: true)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        }

        await scene.PersonSaysAsync("second");
        scene.Server.Store.IsDown = false;
        Assert.Equal("recorded", await scene.FinishAsync());
        Assert.Equal(["first", "second"], (await scene.StoredAsync()).Select(line => line.Text));
    }

    [Fact]
    public async Task A_segment_that_was_put_and_never_committed_does_not_stop_the_track()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        await scene.Server.Store.PutOnceAsync($"v1/{scene.Session}/chat/00000000.seal", new byte[100], default);
        await scene.PersonSaysAsync("hello");
        Assert.Equal("recorded", await scene.FinishAsync());
        Assert.Equal("hello", Assert.Single(await scene.StoredAsync()).Text);
    }
}
