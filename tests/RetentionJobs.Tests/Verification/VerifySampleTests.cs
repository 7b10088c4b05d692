using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.RetentionJobs.Verification;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Verification;

/// <summary>What is read back by chance and is not what was signed becomes a finding, and stays one until it is mended.</summary>
public sealed class VerifySampleTests : IAsyncLifetime
{
    private readonly FindingsScene scene = new();
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await scene.Catalogue.AddAsync(session, scene.Clock.GetUtcNow(), SessionState.Recorded);
        await scene.Catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1], [2]));
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_changed_segment_is_found_and_is_a_finding_until_it_is_mended()
    {
        await RunAsync();
        Assert.Empty(await scene.OpenAsync());

        var file = Path.Combine(session.Bucket, "v1", $"{session.Id}", "video", "00000001.seal");
        var whole = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, [.. whole[..^1], (byte)(whole[^1] ^ 1)]);
        await RunAsync();
        var finding = Assert.Single(await scene.OpenAsync());
        Assert.Equal(("altered", FindingSeverity.Critical, $"{session.Id} video"), (finding.Rule, finding.Severity, finding.Subject));

        await File.WriteAllBytesAsync(file, whole);
        await RunAsync();
        Assert.Empty(await scene.OpenAsync());
    }

    [Fact]
    public async Task A_key_that_is_gone_is_found()
    {
        File.Delete(Path.Combine(session.Bucket, "v1", $"{session.Id}", "video", "key.json"));
        await RunAsync();
        Assert.Equal("unreadable", Assert.Single(await scene.OpenAsync()).Rule);
    }

    private async Task RunAsync()
    {
        await using var db = scene.CreateDbContext();
        await new VerifySample(db, session.Locations, new(db, session.Locations, new(session.ServerKey)), scene.Keep, new(), NullLogger<VerifySample>.Instance).RunAsync(default);
    }
}
