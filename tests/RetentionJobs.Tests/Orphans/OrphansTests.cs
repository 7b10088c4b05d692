using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Orphans;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Orphans;

/// <summary>What lies in a location and belongs to no recording is found, and deleted only with a yes; so is a recording of which nothing is there.</summary>
public sealed class OrphansTests : IAsyncLifetime
{
    private readonly FindingsScene scene = new();
    private readonly Guid stray = Guid.NewGuid();
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await scene.Catalogue.AddAsync(session, scene.Clock.GetUtcNow().AddDays(-3), SessionState.Recorded);
        await scene.Catalogue.ChangeAsync(session.Id, row => row.EndedAt = scene.Clock.GetUtcNow().AddDays(-3));
        await session.Store.PutOnceAsync($"v1/{stray}/video/00000000.seal", new byte[7], default);
        foreach (var file in Directory.GetFiles(session.Bucket, "*", SearchOption.AllDirectories)) { File.SetLastWriteTimeUtc(file, scene.Clock.GetUtcNow().AddDays(-2).UtcDateTime); }
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Objects_without_a_recording_are_found_and_what_belongs_to_one_is_not()
    {
        await FindAsync();
        var finding = Assert.Single(await scene.OpenAsync());
        Assert.Equal((FindOrphans.ObjectsWithoutRecording, $"{stray}"), (finding.Rule, finding.Subject));
        Assert.Contains("1 object, 7 bytes", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_written_today_may_be_on_its_way()
    {
        File.SetLastWriteTimeUtc(Path.Combine(session.Bucket, "v1", $"{stray}", "video", "00000000.seal"), scene.Clock.GetUtcNow().AddHours(-2).UtcDateTime);
        await FindAsync();
        Assert.Empty(await scene.OpenAsync());
    }

    [Fact]
    public async Task A_recording_of_which_nothing_is_there_is_found()
    {
        Directory.Delete(Path.Combine(session.Bucket, "v1", $"{session.Id}"), recursive: true);
        await FindAsync();
        Assert.Contains(await scene.OpenAsync(), finding => (finding.Rule, finding.Subject, finding.Severity) == (FindOrphans.RecordingWithoutObjects, $"{session.Id}", FindingSeverity.High));
    }

    [Fact]
    public async Task With_a_yes_they_are_deleted_and_what_belongs_to_a_recording_stays_whatever_was_said()
    {
        await FindAsync();
        await ApproveAsync(stray);
        await ApproveAsync(session.Id);
        await using var db = scene.CreateDbContext();
        await new DeleteOrphans(db, session.Locations, new(), scene.Clock, NullLogger<DeleteOrphans>.Instance).RunAsync(default);
        Assert.False(Directory.Exists(Path.Combine(session.Bucket, "v1", $"{stray}")));
        Assert.True(Directory.Exists(Path.Combine(session.Bucket, "v1", $"{session.Id}")));
        Assert.Empty(await scene.OpenAsync());
        Assert.Equal(["orphans.deleted main: all below " + TrackObjects.Prefix(stray) + ", as ada said", "orphans.deleted main: they belong to a recording by now, and stay"], (await scene.TrailAsync("orphans.")).Order(StringComparer.Ordinal));
    }

    private async Task ApproveAsync(Guid id)
    {
        await using var db = scene.CreateDbContext();
        db.OrphanApprovals.Add(new() { Location = Location.Main, Session = id, At = scene.Clock.GetUtcNow(), By = "ada" });
        await db.SaveChangesAsync();
    }

    private async Task FindAsync()
    {
        await using var db = scene.CreateDbContext();
        await new FindOrphans(db, session.Locations, scene.Keep, new(), scene.Clock).RunAsync(default);
    }
}
