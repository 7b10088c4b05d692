using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests;

/// <summary>A server and a store that speak the recorder's protocol, hold one session, and do harm on demand.</summary>
public sealed class FakeServer : IAsyncDisposable
{
    public const string Code = "ABCD-EFGH";
    public const string NoticeText = "Example Ltd records this screen to help you.";

    private static readonly Lazy<LocalKeyFile> SharedKek = new(() => LocalKeyFile.OpenOrCreate(Path.Combine(Directory.CreateTempSubdirectory("kek").FullName, "kek.pem")));

    private readonly SigningKey _serverKey = SigningKey.Create();
    private readonly SigningKey _device = SigningKey.Create();
    private readonly ConcurrentDictionary<string, string> _tickets = new();
    private WebApplication _app = null!;
    private PublicSigningKey? _recorder;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeServer() => (ReceiptJws, CountersignatureJws) = Consent();

    public Guid Session { get; } = Guid.NewGuid();
    public string Token { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    public LocalKeyFile Kek => SharedKek.Value;
    public Uri Address { get; private set; } = null!;
    public SigningKey ServerKey => _serverKey;
    public SigningKey Device => _device;

    /// <summary>What the control stream says.</summary>
    public string Phase { get; private set; } = ControlPhase.Waiting;

    public string? Reason { get; private set; }
    public string? ReceiptJws { get; set; }
    public string? CountersignatureJws { get; set; }
    public bool ConsentGiven { get; set; }

    /// <summary>Milliseconds since the person was seen; null: never.</summary>
    public Func<long?> PersonSeenMsAgo { get; set; } = () => 100;

    /// <summary>Whether the control stream speaks at all.</summary>
    public bool ControlSilent { get; set; }

    /// <summary>Answers a request itself (<see langword="true"/>), or lets it through.</summary>
    public Func<HttpContext, Task<bool>>? Intercept { get; set; }

    /// <summary>Answers a PUT itself (<see langword="true"/>); gets the object's name, <c>video/00000000.seal</c>.</summary>
    public Func<HttpContext, string, Task<bool>>? InterceptPut { get; set; }

    public TimeSpan AddressValidity { get; set; } = TimeSpan.FromMinutes(10);
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new();
    internal ConcurrentDictionary<string, List<ManifestSegment>> Committed { get; } = new();
    public IReadOnlyList<Gap> Gaps { get; private set; } = [];
    public DateTimeOffset? StartedAt { get; private set; }
    internal List<AddressesRequest> AddressRequests { get; } = [];
    internal List<CommitRequest> CommitRequests { get; } = [];
    public FinishRequest? Finished { get; private set; }
    public TaskCompletionSource<FinishRequest> WhenFinished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<FakeServer> StartAsync()
    {
        var server = new FakeServer();
        await server.ListenAsync(LoopbackPort.Take());
        return server;
    }

    /// <summary>Listens, again too: what it knows outlives its listening.</summary>
    public async Task ListenAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromMilliseconds(200));
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            if (Intercept is not null && await Intercept(context)) { return; }
            await next(context);
        });
        _app.MapPost("/api/recorder/join", (Delegate)JoinAsync);
        _app.MapGet("/api/recorder/control", ControlAsync);
        _app.MapPost("/api/recorder/addresses", (Delegate)AddressesAsync);
        _app.MapPost("/api/recorder/commits", (Delegate)CommitsAsync);
        _app.MapPost("/api/recorder/finish", (Delegate)FinishAsync);
        _app.MapPut("/store/{ticket}", (Delegate)PutAsync);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single() + "/");
    }

    public async Task StopListeningAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    /// <summary>The person allows, the server says what to do.</summary>
    public void Say(string phase, string? reason = null)
    {
        if (phase is ControlPhase.Record or ControlPhase.Pause) { ConsentGiven = true; }
        (Phase, Reason) = (phase, reason);
        Changed();
    }

    public void Changed() => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>A receipt and its countersignature, true but for what the test alters.</summary>
    public (string Receipt, string Countersignature) Consent(
        Func<ConsentReceipt, ConsentReceipt>? alterReceipt = null, Func<Countersignature, Countersignature>? alterCountersignature = null,
        SigningKey? device = null, SigningKey? server = null)
    {
        var notice = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(NoticeText)));
        var receipt = new ConsentReceipt(
            ConsentReceipt.FormatName, Session, "p1", ConsentReceipt.Allow, new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "Example Ltd", new("default", 1, "en", notice), new(true, false));
        if (alterReceipt is not null) { receipt = alterReceipt(receipt); }
        var jws = Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(receipt, FormatJson.Default.ConsentReceipt), ConsentReceipt.JwsType, device ?? _device);
        var over = new Countersignature(Countersignature.FormatName, Session, Base64Url.EncodeToString(ConsentReceipt.DigestOf(jws)), receipt.At, NoticeText);
        if (alterCountersignature is not null) { over = alterCountersignature(over); }
        return (jws, over.Sign(server ?? _serverKey));
    }

    /// <summary>Opens a segment as the organization would.</summary>
    public async Task<byte[]> OpenAsync(string track, long index)
    {
        var name = new TrackName(track);
        var wrapped = JsonSerializer.Deserialize(Objects[$"{track}/{TrackObjects.KeyFile}"], FormatJson.Default.KeyFile)!;
        using var key = await Kek.UnwrapAsync(wrapped, CancellationToken.None);
        return SegmentOpener.Open(key, new SegmentContext(Session, name, index, ConsentReceipt.DigestOf(ReceiptJws!)), Objects[$"{track}/{TrackObjects.SegmentName(index)}"]);
    }

    /// <summary>The manifest as it lies in the store, verified.</summary>
    public Manifest ManifestOf(string track)
    {
        var (manifest, signer) = Manifest.Verify(Encoding.ASCII.GetString(Objects[$"{track}/{TrackObjects.Manifest}"]), Session, new(track));
        Assert.Equal(_recorder, signer);
        return manifest;
    }

    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync();
        _serverKey.Dispose();
        _device.Dispose();
    }

    private static IResult Problem(int status, string title, long? expected = null) =>
        Results.Problem(title: title, statusCode: status, extensions: expected is null ? null : new Dictionary<string, object?> { ["expected"] = expected });

    private async Task<IResult> JoinAsync(HttpContext context)
    {
        var request = (await context.Request.ReadFromJsonAsync(RecordingJson.Default.JoinRequest))!;
        if (request.Code != Code) { return Problem(404, "This code is not valid."); }
        _recorder = request.PublicKey;
        return Results.Json(new JoinAnswer(Session, Token, "eu-test", Kek.PublicKey, _serverKey.Public), RecordingJson.Default.JoinAnswer);
    }

    private bool IsForeign(HttpContext context) => context.Request.Headers.Authorization != $"Bearer {Token}";

    private async Task ControlAsync(HttpContext context)
    {
        if (IsForeign(context)) { await Problem(401, "Unknown token.").ExecuteAsync(context); return; }
        context.Response.ContentType = "text/event-stream";
        while (!context.RequestAborted.IsCancellationRequested)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (!ControlSilent)
            {
                var control = new ControlEvent(Phase, Reason, PersonSeenMsAgo(), ConsentGiven ? ReceiptJws : null, ConsentGiven ? CountersignatureJws : null);
                await context.Response.WriteAsync($"event: control\ndata: {JsonSerializer.Serialize(control, RecordingJson.Default.ControlEvent)}\n\n");
                await context.Response.Body.FlushAsync();
            }

            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted));
        }
    }

    private async Task<IResult> AddressesAsync(HttpContext context)
    {
        if (IsForeign(context)) { return Problem(401, "Unknown token."); }
        var request = (await context.Request.ReadFromJsonAsync(RecordingJson.Default.AddressesRequest))!;
        lock (AddressRequests) { AddressRequests.Add(request); }
        if (request.Names.Count is 0 or > AddressesRequest.MaximumNames || request.Names.Any(name => !TrackObjects.IsWritable(name))) { return Problem(400, "Bad names."); }
        var committed = Committed.TryGetValue(request.Track, out var known) ? known.Count : 0;
        if (request.Names.Any(name => TrackObjects.TryParseSegment(name, out var index) ? index < committed : name == TrackObjects.KeyFile && committed > 0))
        {
            return Problem(409, "This object is committed already.", committed);
        }

        var addresses = request.Names.Select(name =>
        {
            var ticket = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
            _tickets[ticket] = $"{request.Track}/{name}";
            return new ObjectAddress(name, new Uri(Address, $"store/{ticket}"), new Dictionary<string, string> { ["If-None-Match"] = "*" }, TimeProvider.System.GetUtcNow() + AddressValidity);
        });
        return Results.Json(new AddressesAnswer([.. addresses]), RecordingJson.Default.AddressesAnswer);
    }

    private async Task<IResult> PutAsync(HttpContext context, string ticket)
    {
        if (context.Request.Headers.Authorization.Count > 0) { return Problem(400, "A token came to the store."); }
        if (!_tickets.TryGetValue(ticket, out var name)) { return Problem(403, "No such address."); }
        if (InterceptPut is not null && await InterceptPut(context, name)) { return Results.Empty; }
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content);
        if (content.Length != context.Request.ContentLength) { return Problem(400, "Cut."); }
        return Objects.TryAdd(name, content.ToArray()) ? Results.Ok() : Problem(412, "Exists.");
    }

    private async Task<IResult> CommitsAsync(HttpContext context)
    {
        if (IsForeign(context)) { return Problem(401, "Unknown token."); }
        var request = (await context.Request.ReadFromJsonAsync(RecordingJson.Default.CommitRequest))!;
        lock (CommitRequests)
        {
            CommitRequests.Add(request);
            var known = Committed.GetOrAdd(request.Track, _ => []);
            if (request.First > known.Count) { return Problem(409, "Out of order.", known.Count); }
            if (!Objects.ContainsKey($"{request.Track}/{TrackObjects.KeyFile}")) { return Problem(409, "No key.", 0); }
            foreach (var segment in request.Segments)
            {
                if (segment.Index < known.Count) { if (known[(int)segment.Index] != segment) { return Problem(409, "Altered.", known.Count); } continue; }
                if (!Objects.TryGetValue($"{request.Track}/{TrackObjects.SegmentName(segment.Index)}", out var content) || content.Length != segment.Size) { return Problem(409, "Missing.", known.Count); }
                known.Add(segment);
            }

            var chain = SegmentChain.Over(Session, new(request.Track), [.. known.Take((int)request.First + request.Segments.Count)]);
            if (!chain.IsCheckpoint(Base64Url.DecodeFromChars(request.Checkpoint), _recorder!)) { return Problem(409, "Bad checkpoint.", known.Count); }
            Gaps = request.Gaps;
            StartedAt = request.StartedAt;
            return Results.Json(new CommitAnswer(known.Count), RecordingJson.Default.CommitAnswer);
        }
    }

    private async Task<IResult> FinishAsync(HttpContext context)
    {
        if (IsForeign(context)) { return Problem(401, "Unknown token."); }
        var request = (await context.Request.ReadFromJsonAsync(RecordingJson.Default.FinishRequest))!;
        if (request.End is not ("ended" or "withdrawn" or "connection-lost")) { return Problem(400, "This is not how a recording ends."); }
        if (!ConsentGiven) { return Problem(403, "There is no consent."); }
        foreach (var track in request.Tracks)
        {
            var committed = Committed.TryGetValue(track.Track, out var known) ? known.Count : 0;
            if (committed != track.Segments) { return Problem(409, "Not everything is committed.", committed); }
            if (track.Manifest && !Objects.ContainsKey($"{track.Track}/{TrackObjects.Manifest}")) { return Problem(409, "The manifest is not in the bucket."); }
        }

        Finished = request;
        WhenFinished.TrySetResult(Finished);
        var state = Finished.Tracks.Count == 0 ? "failed" : Gaps.Any(gap => gap.Reason == GapReason.Lost) || Finished.Tracks.Any(track => !track.Manifest) ? "partial" : "recorded";
        return Results.Json(new FinishAnswer(state), RecordingJson.Default.FinishAnswer);
    }
}
