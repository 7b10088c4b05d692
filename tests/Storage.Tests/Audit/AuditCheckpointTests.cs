using System.Text;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Audit;

/// <summary>Checkpoints count only whole, in their order, and from the server's own key.</summary>
public sealed class AuditCheckpointTests : IAsyncLifetime
{
    private Trail trail = null!;

    public async ValueTask InitializeAsync()
    {
        trail = await Trail.CreateAsync();
        for (var i = 0; i < 3; i++)
        {
            await trail.AddAsync(2);
            await trail.CheckpointAsync();
            await File.WriteAllTextAsync(FileOf(i), trail.Jws[i]);
        }
    }

    public ValueTask DisposeAsync()
    {
        trail.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Whole_they_are_read()
    {
        var read = await ReadAsync();
        Assert.Equal([(1L, 2L), (3L, 4L), (5L, 6L)], read.Select(checkpoint => (checkpoint.First, checkpoint.Last)));
        Assert.Equal((await trail.ReadAsync())[3].Hash, read[1].HashOf(4));
    }

    [Fact]
    public async Task A_missing_one_is_named()
    {
        File.Delete(FileOf(1));
        Assert.Contains("Checkpoint 1 is missing", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_ones_content_is_refused()
    {
        File.Copy(FileOf(0), FileOf(1), overwrite: true);
        Assert.Contains("Checkpoint 1", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_somebody_else_signed_is_refused()
    {
        using var other = SigningKey.Create();
        await File.WriteAllTextAsync(FileOf(2), trail.Checkpoints[2].Sign(other));
        Assert.Contains("Checkpoint 2 is signed by", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_does_not_follow_is_refused()
    {
        await File.WriteAllTextAsync(FileOf(1), (trail.Checkpoints[1] with { Before = AuditCheckpoint.DigestOf("other") }).Sign(trail.Key));
        Assert.Contains("Checkpoint 1 does not follow", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_letter_a_wrong_count_and_a_file_too_large_are_refused()
    {
        var content = await File.ReadAllBytesAsync(FileOf(2));
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(FileOf(2), content);
        Assert.NotEmpty(await RefusalAsync());

        await File.WriteAllTextAsync(FileOf(2), (trail.Checkpoints[2] with { Last = 7 }).Sign(trail.Key));
        Assert.Contains("counts 2 rows from 5 to 7", await RefusalAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(FileOf(2), (trail.Checkpoints[2] with { Hashes = trail.Checkpoints[2].Hash }).Sign(trail.Key));
        Assert.Contains("bytes of hashes", await RefusalAsync(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(FileOf(2), (trail.Checkpoints[2] with { Hash = trail.Checkpoints[1].Hash }).Sign(trail.Key));
        Assert.Contains("not that of its last row", await RefusalAsync(), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(FileOf(2), Encoding.ASCII.GetBytes(new string('a', AuditCheckpoint.SizeLimit + 1)));
        Assert.Contains("more than", await RefusalAsync(), StringComparison.Ordinal);
    }

    private string FileOf(int number) => Path.Combine(trail.Folder, $"{number:D8}.jws");

    private Task<IReadOnlyList<AuditCheckpoint>> ReadAsync() => AuditCheckpoints.ReadFolderAsync(trail.Folder, [trail.Key.Public.Thumbprint], TestContext.Current.CancellationToken);

    private async Task<string> RefusalAsync() => (await Assert.ThrowsAsync<TrackAlteredException>(ReadAsync)).Message;
}
