using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Exports;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.RetentionJobs.Exports;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Exports;

/// <summary>A server that allows exports, and a session in it that was recorded: real video with a gap, and a chat.</summary>
internal sealed class ExportScene : IAsyncDisposable
{
    public const string Purpose = "Complaint or dispute";
    public const string Approver = "vera";

    private ExportScene(Server server, Technician technician) => (Server, Technician) = (server, technician);

    public Server Server { get; }
    public Technician Technician { get; }
    public Guid Session { get; private set; }

    /// <summary>Another org admin.</summary>
    public Member Vera { get; private set; } = null!;

    public static async Task<ExportScene> RecordedAsync(string? ticket = null, IReadOnlyList<byte[]>? video = null, params (string Key, string Value)[] settings)
    {
        var server = await Server.StartAsync([("Exports:Allowed", "true"), ("Exports:Watermark", "false"), .. settings]);
        var scene = new ExportScene(server, await Technician.SignInAsync(server));
        scene.Vera = await Member.JoinAsync(server, scene.Technician.Browser, Approver, "admin");
        await scene.RecordAsync(ticket, video ?? await EncodedVideo.EncodeAsync());
        return scene;
    }

    /// <summary>Asks for an export; returns the request's number.</summary>
    public async Task<Guid> AskAsync(string purpose = Purpose)
    {
        using var asked = await TryAskAsync(purpose);
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        return await Server.InCatalogueAsync(catalogue => catalogue.Approvals.OrderByDescending(a => a.RequestedAt).Select(a => a.Id).FirstAsync());
    }

    public Task<HttpResponseMessage> TryAskAsync(string purpose = Purpose) => Technician.Browser.SubmitAsync($"/sessions/{Session}/export", $"/sessions/{Session}/export", ("purpose", purpose));

    /// <summary>A second person approves it.</summary>
    public async Task ApproveAsync(Guid request, string decision = "approve")
    {
        using var decided = await Vera.Browser.SubmitAsync("/approvals", $"/approvals/{request}", ("decision", decision), ("reason", "as we said"));
        Assert.Equal(HttpStatusCode.Redirect, decided.StatusCode);
    }

    public Task<HttpResponseMessage> TryStartAsync() => Technician.Browser.SubmitAsync("/account", $"/sessions/{Session}/export/start");

    /// <summary>Asked for, approved and to be built.</summary>
    public async Task<Guid> StartedAsync()
    {
        await ApproveAsync(await AskAsync());
        using var started = await TryStartAsync();
        Assert.Equal(HttpStatusCode.Redirect, started.StatusCode);
        return Guid.Parse(started.Headers.Location!.ToString().Split('/')[^1]);
    }

    /// <summary>Asked for, approved and built.</summary>
    public async Task<Guid> ReadyAsync()
    {
        var export = await StartedAsync();
        await WaitForAsync(export, ExportState.Ready);
        return export;
    }

    public Task WaitForAsync(Guid export, ExportState state) => Eventually.CompleteAsync(async () =>
        await ReadAsync(export) is var row && row.State == state ? null : $"The export is {row.State} ({row.Detail}); {state} was expected.");

    public Task<HttpResponseMessage> DownloadAsync(Guid export) => DownloadAsync(Technician.Browser, export);

    public async Task<HttpResponseMessage> DownloadAsync(Browser browser, Guid export) => await browser.SubmitAsync("/account", $"/exports/{export}/download");

    /// <summary>The downloaded zip: names and contents.</summary>
    public async Task<Dictionary<string, byte[]>> UnzippedAsync(Guid export)
    {
        using var answer = await DownloadAsync(export);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        });
    }

    public Task<RecordingExport> ReadAsync(Guid export) => Server.InCatalogueAsync(catalogue => catalogue.Exports.AsNoTracking().SingleAsync(e => e.Id == export));

    public Task ChangeAsync(Guid export, Action<RecordingExport> change) => Server.InCatalogueAsync(async catalogue =>
    {
        change(await catalogue.Exports.SingleAsync(e => e.Id == export));
        return await catalogue.SaveChangesAsync();
    });

    public Task RunJobAsync() => Server.RunJobAsync<ExpireExports>();

    /// <summary>A right to this session's chat, not to its video.</summary>
    public Task GrantChatAsync(string account) => Server.InCatalogueAsync(catalogue =>
    {
        var now = Server.Clock.GetUtcNow();
        catalogue.Entitlements.Add(new()
        {
            Id = Guid.NewGuid(), Account = account, Scope = EntitlementScope.Session, ScopeSession = Session, Video = false, Chat = true, ExpiresAt = now.AddDays(1), GrantedBy = Approver, GrantedAt = now, Reason = "as we said",
        });
        return catalogue.SaveChangesAsync();
    });

    /// <summary>What of an export lies in the bucket's folder.</summary>
    public IReadOnlyList<string> FilesOf(Guid export)
    {
        var folder = Path.Combine(Server.Data, "bucket", TrackObjects.Prefix(Session, ExportTrack.Of(export)));
        return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
    }

    public string FileOf(TrackName track, string name) => Path.Combine(Server.Data, "bucket", TrackObjects.NameOf(Session, track, name));

    /// <summary>What of exports is in the audit trail: <c>actor action outcome</c>.</summary>
    public Task<List<string>> AuditAsync() => Server.InCatalogueAsync(catalogue => catalogue.Audit.AsNoTracking()
        .Where(row => row.Action.StartsWith("export.")).OrderBy(row => row.Id).Select(row => $"{row.Actor} {row.Action} {row.Outcome}").ToListAsync());

    public async ValueTask DisposeAsync()
    {
        Vera?.Dispose();
        Technician.Dispose();
        await Server.DisposeAsync();
    }

    private async Task RecordAsync(string? ticket, IReadOnlyList<byte[]> video)
    {
        (Session, var code) = await Technician.StartSessionAsync(ticket);
        using var person = await Person.JoinAsync(Server, code);
        using var recorder = await TestRecorder.JoinAsync(Server, code);
        using var writer = recorder.Write(await person.AllowAsync());
        await using var control = await recorder.ListenAsync();
        await control.NextAsync(ControlPhase.Record);
        await recorder.PutAsync("video", TrackObjects.KeyFile, writer.KeyFile);
        var sealedSegments = new List<SealedSegment>();
        for (var i = 0; i < video.Count; i++)
        {
            sealedSegments.Add(writer.Seal(video[i], EncodedVideo.StartOf(i), i == 0 ? 0 : 1, key: true));
            await recorder.PutAsync("video", sealedSegments[^1].Name, sealedSegments[^1].Content);
        }

        Gap[] gaps = [new(EncodedVideo.GapStart, EncodedVideo.GapLength, GapReason.PausedByPerson)];
        using (var committed = await recorder.CommitAsync(TestRecorder.CommitOf(writer, sealedSegments, gaps))) { Assert.True(committed.IsSuccessStatusCode, await committed.Content.ReadAsStringAsync()); }
        await person.Browser.ScriptAsync(HttpMethod.Post, "/api/live/chat", new { text = "It happens\nwhen I press <b>Save</b>." });
        await Technician.Browser.ScriptAsync(HttpMethod.Post, $"/api/sessions/{Session}/chat", new { text = "I see a kingfisher." });
        await recorder.PutAsync("video", TrackObjects.Manifest, writer.SignManifest(
            Manifest.RecorderWriter, recorder.Joined.Region, TestRecorder.VideoType, Server.Clock.GetUtcNow(), Server.Clock.GetUtcNow(), TrackEnd.Ended, gaps));
        using var finished = await recorder.FinishAsync(TrackEnd.Ended, new FinishedTrack("video", writer.Segments.Count, Manifest: true));
        Assert.Equal("recorded", (await finished.Content.ReadFromJsonAsync(RecordingJson.Default.FinishAnswer))!.State);
    }
}
