using System.Collections.Concurrent;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Recorder.Upload;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests.Upload;

/// <summary>A spool is brought to a store and a server that do everything that such peers do.</summary>
public sealed class SessionDeliveryTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly StringWriter _printed = new();
    private FakeServer _server = null!;
    private OpenedSpool _spool = null!;
    private SealedTrack? _track;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeServer.StartAsync();
        _server.ConsentGiven = true;
        _spool = new(_server);
        await JoinAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _track?.Dispose();
        _spool.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Everything_arrives_in_few_requests_and_the_spool_is_empty()
    {
        await DeliverAsync(30);
        Assert.Equal(30, _server.Committed["video"].Count);
        Assert.InRange(_server.AddressRequests.Count, 2, 5);
        Assert.Contains(_server.AddressRequests, request => request.Names.Count > AddressBook.Batch); // a backlog is asked for at once
        Assert.All(_server.AddressRequests, request => Assert.InRange(request.Names.Count, 1, AddressesRequest.MaximumNames));
        Assert.Equal((0, 0), _spool.Session.Waiting);
        Assert.True(_server.Objects.ContainsKey("video/manifest.jws"));
    }

    [Fact]
    public async Task At_most_four_objects_are_put_at_once()
    {
        var (now, most) = (0, 0);
        var gate = new Lock();
        _server.InterceptPut = async (_, _) =>
        {
            lock (gate) { most = Math.Max(most, ++now); }
            await Task.Delay(50);
            lock (gate) { now--; }
            return false;
        };
        await DeliverAsync(20);
        Assert.InRange(most, 2, Uploader.Parallelism);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(507)]
    [InlineData(429)]
    public async Task A_store_that_answers_with_an_error_is_tried_again(int status)
    {
        FirstTries(2, context => { context.Response.StatusCode = status; return Task.CompletedTask; });
        await DeliverAsync(6);
        Assert.Equal(6, _server.Committed["video"].Count);
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_a_PUT_stores_the_object_on_the_next_try()
    {
        FirstTries(1, async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[8]);
            context.Abort();
        });
        await DeliverAsync(6);
        Assert.Equal(6, _server.Committed["video"].Count);
    }

    [Fact]
    public async Task An_object_whose_answer_was_lost_is_there_already_and_counts_as_stored()
    {
        var seen = new ConcurrentDictionary<string, bool>();
        _server.InterceptPut = async (context, name) =>
        {
            if (!seen.TryAdd(name, true)) { return false; } // this time it gets its 412
            using var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            _server.Objects[name] = content.ToArray();
            context.Abort();
            return true;
        };
        await DeliverAsync(6);
        Assert.Equal(6, _server.Committed["video"].Count);
    }

    [Fact]
    public async Task An_address_that_is_refused_is_asked_for_anew()
    {
        FirstTries(1, context => { context.Response.StatusCode = 403; return Task.CompletedTask; });
        await DeliverAsync(3);
        Assert.Equal(3, _server.Committed["video"].Count);
        Assert.True(_server.AddressRequests.Count > 2);
    }

    [Fact]
    public async Task An_address_about_to_expire_is_not_used()
    {
        _server.AddressValidity = TimeSpan.FromSeconds(5);
        var delivering = DeliverAsync(3);
        await Eventually.TrueAsync(() => { lock (_server.AddressRequests) { return _server.AddressRequests.Count > 3; } }, "addresses are asked for again");
        _server.AddressValidity = TimeSpan.FromMinutes(10);
        await delivering;
    }

    [Fact]
    public async Task A_server_that_is_away_loses_nothing()
    {
        var port = _server.Address.Port;
        await _server.StopListeningAsync();
        var delivering = DeliverAsync(5);
        await Eventually.TrueAsync(() => _printed.ToString().Contains("The server does not answer"), "that is said");
        Assert.Equal(7, _spool.Session.Waiting.Objects); // with key and manifest
        await _server.ListenAsync(port);
        await delivering;
        Assert.Equal(5, _server.Committed["video"].Count);
        Assert.Contains("answers again", _printed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_the_server_expects_elsewhere_is_sent_from_there()
    {
        var refused = false;
        _server.Intercept = async context =>
        {
            if (refused || context.Request.Path != "/api/recorder/commits" || !_server.Committed.TryGetValue("video", out var known) || known.Count < 3) { return false; }
            refused = true;
            lock (_server.CommitRequests) { known.RemoveRange(1, known.Count - 1); } // it came back from a backup
            return await Task.FromResult(false);
        };
        _track = _spool.TrackOf("video", 3);
        using var delivery = new SessionDelivery(_spool.Session, _http, TimeProvider.System, Terminal());
        var delivering = delivery.RunAsync(CancellationToken.None);
        delivery.Hurry();
        await Eventually.TrueAsync(() => _server.Committed.TryGetValue("video", out var video) && video.Count == 3, "the first are committed");
        _track.Write([9], 3, 1, key: true);
        await Eventually.TrueAsync(() => refused && _server.Committed["video"].Count == 4, "all are committed: " + _printed);
        _spool.Session.Complete(TrackEnd.Ended);
        await delivering.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task An_object_that_the_store_lost_before_its_commit_is_put_again()
    {
        var lost = false;
        _server.Intercept = context =>
        {
            if (context.Request.Path == "/api/recorder/commits" && !lost) { lost = _server.Objects.TryRemove("video/00000001.seal", out _); }
            return Task.FromResult(false);
        };
        await DeliverAsync(3);
        Assert.True(lost);
        Assert.Equal(3, _server.Committed["video"].Count);
        Assert.Contains("video/00000001.seal", _server.Objects.Keys);
    }

    [Fact]
    public async Task A_token_that_the_server_does_not_know_stops_it_and_leaves_the_spool()
    {
        _server.Intercept = context =>
        {
            context.Request.Headers.Authorization = "Bearer another";
            return Task.FromResult(false);
        };
        var refused = await Assert.ThrowsAsync<ServerRefusedException>(() => DeliverAsync(3));
        Assert.Contains("401: Unknown token.", refused.Message, StringComparison.Ordinal);
        Assert.Equal(5, _spool.Session.Waiting.Objects);
    }

    [Fact]
    public async Task A_file_that_somebody_removed_from_the_spool_is_named()
    {
        _track = _spool.TrackOf("video", 3);
        File.Delete(_spool.PathOf("video", "00000001.seal"));
        var damaged = await Assert.ThrowsAsync<SpoolDamagedException>(() => DeliverAsync(0));
        Assert.Contains("00000001.seal", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_recorder_left_is_finished_also_when_the_answer_to_its_commit_was_lost()
    {
        _track = _spool.TrackOf("video", 6);
        using (var killed = new CancellationTokenSource())
        {
            _server.Intercept = async context =>
            {
                if (context.Request.Path != "/api/recorder/commits") { return false; }
                await Task.Delay(10);
                context.Response.OnStarting(() => { context.Abort(); return Task.CompletedTask; }); // committed, and never heard of
                return false;
            };
            using var delivery = new SessionDelivery(_spool.Session, _http, TimeProvider.System, Terminal());
            var delivering = delivery.RunAsync(killed.Token);
            delivery.Hurry();
            await Eventually.TrueAsync(() => _server.Committed.TryGetValue("video", out var video) && video.Count >= 1, "some are committed");
            await killed.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivering);
        }

        _server.Intercept = null;
        _spool.Session.Dispose();
        var remaining = await new DrainSpool(_spool.Root, _server.Address, _http, new(SpoolBudget.Default), TimeProvider.System, Terminal()).RunAsync(CancellationToken.None).WaitAsync(Eventually.Limit);
        Assert.True(remaining == 0, _printed.ToString());
        Assert.Equal(6, _server.Committed["video"].Count);
        Assert.False(Assert.Single(_server.Finished!.Tracks).Manifest);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_spool.Root));
    }

    [Fact]
    public async Task A_spool_of_another_server_is_left_to_that_server()
    {
        using (_spool.TrackOf("video", 1)) { }
        _spool.Session.Dispose();
        var other = new Uri("https://other.example/");
        Assert.Equal(1, await new DrainSpool(_spool.Root, other, _http, new(SpoolBudget.Default), TimeProvider.System, Terminal()).RunAsync(CancellationToken.None));
        Assert.Contains($"drain --server {_server.Address}", _printed.ToString(), StringComparison.Ordinal);
        Assert.Empty(_server.AddressRequests);
    }

    private Terminal Terminal() => new(TextWriter.Synchronized(_printed), TextWriter.Synchronized(_printed), interactive: false);

    /// <summary>Makes the server know the key that signs this spool's checkpoints.</summary>
    private async Task JoinAsync() => await RecorderApi.JoinAsync(_http, _server.Address, new(FakeServer.Code, _spool.Signer.Public), CancellationToken.None);

    private void FirstTries(int tries, Func<Microsoft.AspNetCore.Http.HttpContext, Task> harm)
    {
        var seen = new ConcurrentDictionary<string, int>();
        _server.InterceptPut = async (context, name) =>
        {
            if (seen.AddOrUpdate(name, 1, (_, count) => count + 1) > tries) { return false; }
            await harm(context);
            return true;
        };
    }

    private async Task DeliverAsync(int segments)
    {
        if (segments > 0) { _track = _spool.TrackOf("video", segments); }
        _track!.Finish(new(2026, 1, 2, 3, 5, 5, TimeSpan.Zero), TrackEnd.Ended, []);
        _spool.Session.Complete(TrackEnd.Ended);
        using var delivery = new SessionDelivery(_spool.Session, _http, TimeProvider.System, Terminal());
        delivery.Hurry();
        await delivery.RunAsync(CancellationToken.None).WaitAsync(Eventually.Limit);
    }
}
