using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Tests.Access.Entitlements;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Keys;

/// <summary>Keys that are destroyed with the month in which what they wrap expires: a backup of bucket and catalogue opens nothing that was deleted, and what a hold keeps opens still.</summary>
public sealed class ExpiringKeysTests : IDisposable
{
    private readonly string _backup = Directory.CreateTempSubdirectory("backup-").FullName;

    public void Dispose() => Directory.Delete(_backup, recursive: true);

    [Fact]
    public async Task After_the_purge_and_its_month_no_backup_opens_what_was_deleted_and_what_is_held_opens_still()
    {
        await using var scene = new RightsScene(("Location:ExpiringKeys", "true"));
        await scene.InitializeAsync();
        var (gone, held) = (await scene.RecordAsync(), await scene.RecordAsync());
        await FinishAsync(scene.Server, gone, held);
        Dictionary<string, KeyFile> before = [];
        foreach (var track in (string[])["video", "chat", "consent"])
        {
            before[track] = await KeyFileAsync(scene.Server, gone, track);
            Assert.NotEqual(scene.Server.Locations.Main.Kek.PublicKey.Kid, before[track].Kid);
        }

        await HoldAsync(scene.Server, held);
        var wasHeld = await KeyFileAsync(scene.Server, held, "video");
        await BackUpAsync(scene.Server);
        foreach (var file in before.Values) { await OpensAsync(scene.Server, file); }

        await JumpAsync(scene.Server, (await scene.Server.SessionAsync(gone)).KeepUntil!.Value + TimeSpan.FromMinutes(1));
        await RunAsync<PurgeExpired>(scene.Server);
        Assert.Equal(SessionState.Purged, (await scene.Server.SessionAsync(gone)).State);
        var (certificate, _) = DeletionCertificate.Verify(Encoding.ASCII.GetString((await scene.Server.Store.GetAsync(DeletionCertificate.ObjectName(gone), 1 << 16, default))!), gone);
        var key = Assert.Single(certificate.Keys!, each => each.Kid == before["video"].Kid);

        await RunAsync<DestroyExpiredKeys>(scene.Server);
        await OpensAsync(scene.Server, before["video"]); // its month goes on

        await JumpAsync(scene.Server, key.Over + TimeSpan.FromDays(2));
        await RunAsync<DestroyExpiredKeys>(scene.Server);
        var row = await scene.Server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.AsNoTracking().SingleAsync(k => k.Kid == before["video"].Kid));
        Assert.NotNull(row.DestroyedAt);
        Assert.False(File.Exists(Path.Combine(scene.Server.Data, "keys", row.Name + ".pem")));
        var (destruction, signer) = KeyDestructionCertificate.Verify(Encoding.ASCII.GetString((await scene.Server.Store.GetAsync(KeyDestructionCertificate.ObjectName(row.Name), 1 << 16, default))!));
        Assert.Equal((row.Kid, row.Name, scene.Server.Services.GetRequiredService<SigningKey>().Public.Thumbprint), (destruction.Kid, destruction.Name, signer.Thumbprint));

        // What is held was wrapped for a later month's key, and opens.
        var isHeld = await KeyFileAsync(scene.Server, held, "video");
        Assert.NotEqual(wasHeld.Kid, isHeld.Kid);
        await OpensAsync(scene.Server, isHeld);

        // The bucket and the catalogue of before, and the keys of now.
        await scene.Server.StopAsync();
        await using var restored = await Server.StartAfterAsync(data =>
        {
            Copy(_backup, data);
            Directory.Delete(Path.Combine(data, "keys"), recursive: true);
            Copy(Path.Combine(scene.Server.Data, "keys"), Path.Combine(data, "keys"));
            return Task.CompletedTask;
        }, ("Location:ExpiringKeys", "true"));
        foreach (var (track, file) in before)
        {
            Assert.Equal(file, await KeyFileAsync(restored, gone, track));
            await Assert.ThrowsAsync<KeyUnwrapException>(async () => (await restored.Locations.Main.Keys.UnwrapAsync(file, default)).Dispose());
        }
    }

    private static async Task FinishAsync(Server server, params Guid[] sessions)
    {
        foreach (var session in sessions)
        {
            await Server.EventuallyAsync(async () => (await server.SessionAsync(session)).Tracks.Any(t => t.Name == "chat") ? null : "The chat is not sealed.");
            await using var scope = server.Services.CreateAsyncScope();
            Assert.IsType<FinishSession.Outcome.Finished>(await scope.ServiceProvider.GetRequiredService<FinishSession>().RunAsync(session, TrackEnd.Recovered, [], default));
        }

        server.Clock.Advance(TimeSpan.FromHours(1)); // nobody puts anything of them any more
    }

    private static Task JumpAsync(Server server, DateTimeOffset to)
    {
        server.Clock.Advance(to - server.Clock.GetUtcNow());
        return Task.CompletedTask;
    }

    private static async Task RunAsync<T>(Server server) where T : IScheduledJob
    {
        await using var scope = server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<T>().RunAsync(default);
    }

    private static async Task<KeyFile> KeyFileAsync(Server server, Guid session, string track) =>
        JsonSerializer.Deserialize((await server.Store.GetAsync(TrackObjects.NameOf(session, new TrackName(track), TrackObjects.KeyFile), 1 << 16, default))!, FormatJson.Default.KeyFile)!;

    private static async Task OpensAsync(Server server, KeyFile file) => (await server.Locations.Main.Keys.UnwrapAsync(file, default)).Dispose();

    private static Task HoldAsync(Server server, Guid session) => server.InCatalogueAsync(catalogue =>
    {
        var now = server.Clock.GetUtcNow();
        catalogue.Holds.Add(new() { Id = Guid.NewGuid(), Session = session, Owner = "ada", PlacedBy = "ada", PlacedAt = now, ReviewAt = now.AddDays(30), Reason = "Case 12" });
        return catalogue.SaveChangesAsync();
    });

    private async Task BackUpAsync(Server server)
    {
        await server.StopAsync();
        Copy(server.Data, _backup);
        await server.StartAgainAsync();
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
