using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Tests.Access.Entitlements;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Admin.Tests.Keys;

/// <summary>Keys that are destroyed with the month in which what they wrap expires: a backup of bucket and catalogue opens nothing that was deleted, and what a hold keeps opens still.</summary>
[Collection(nameof(KeyVaultServer))]
public sealed class RestoredBackupTests : IDisposable
{
    private readonly string _backup = Directory.CreateTempSubdirectory("backup-").FullName;

    public void Dispose() => Directory.Delete(_backup, recursive: true);

    [Fact]
    public async Task After_the_purge_and_its_month_no_backup_opens_what_was_deleted_and_what_is_held_opens_still()
    {
        await using var scene = new RightsScene(("Location:ExpiringKeys", "true"));
        await scene.InitializeAsync();
        var row = await DestroyAsync(scene, restored => Copy(Path.Combine(scene.Server.Data, "keys"), Path.Combine(restored, "keys")), ("Location:ExpiringKeys", "true"));
        Assert.False(File.Exists(Path.Combine(scene.Server.Data, "keys", row.Name + ".pem")));
        Assert.Null(row.RecoverableUntil);
    }

    [Fact]
    public async Task Where_the_key_lies_in_a_vault_the_backup_may_have_everything_that_the_server_had()
    {
        await using var vault = new KeyVaultServer { IsProtectedAgainstPurging = true };
        vault.AddKey("kek");
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", new Uri(vault.Address, "/msi/token").ToString());
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", "a word of this machine");
        try
        {
            (string, string)[] settings = [("Location:ExpiringKeys", "true"), ("Location:Key", "vault"), ("Keys:vault:Region", "local"), ("Keys:vault:Vault", vault.AddressOf("kek"))];
            await using var scene = new RightsScene(settings);
            await scene.InitializeAsync();
            var row = await DestroyAsync(scene, _ => { }, settings);
            Assert.StartsWith(vault.AddressOf(row.Name) + "/", row.Kid, StringComparison.Ordinal);
            Assert.Equal(vault.PurgesAt, row.RecoverableUntil); // by the vault's owner, and the certificate says so
            Assert.Equal(vault.PurgesAt, KeyDestructionCertificate.Verify(row.Certificate!).Certificate.RecoverableUntil);
        }
        finally
        {
            Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", null);
            Environment.SetEnvironmentVariable("IDENTITY_HEADER", null);
        }
    }

    /// <summary>Records, backs up, deletes, lets the month pass, and starts a server on the backup.</summary>
    /// <param name="takeKeys">Puts what is left of the server's keys in place of those of the backup.</param>
    /// <returns>The key that was destroyed.</returns>
    private async Task<ExpiryKey> DestroyAsync(RightsScene scene, Action<string> takeKeys, params (string, string)[] settings)
    {
        var (gone, held) = (await scene.RecordAsync(), await scene.RecordAsync());
        await scene.Server.FinishAsync(gone, held);
        Dictionary<string, KeyFile> before = [];
        foreach (var track in (string[])["video", "chat", "consent"])
        {
            before[track] = await scene.Server.KeyFileAsync(gone, track);
            Assert.NotEqual(scene.Server.Locations.Main.Kek.PublicKey.Kid, before[track].Kid);
        }

        await scene.Server.HoldAsync(held);
        var wasHeld = await scene.Server.KeyFileAsync(held, "video");
        await BackUpAsync(scene.Server);
        foreach (var file in before.Values) { await scene.Server.OpensAsync(file); }

        scene.Server.Jump((await scene.Server.SessionAsync(gone)).KeepUntil!.Value + TimeSpan.FromMinutes(1));
        await scene.Server.RunJobAsync<PurgeExpired>();
        Assert.Equal(SessionState.Purged, (await scene.Server.SessionAsync(gone)).State);
        var (certificate, _) = DeletionCertificate.Verify(Encoding.ASCII.GetString((await scene.Server.Store.GetAsync(DeletionCertificate.ObjectName(gone), 1 << 16, default))!), gone);
        var key = Assert.Single(certificate.Keys!, each => each.Kid == before["video"].Kid);

        await scene.Server.RunJobAsync<DestroyExpiredKeys>();
        await scene.Server.OpensAsync(before["video"]); // its month goes on

        scene.Server.Jump(key.Over + TimeSpan.FromDays(2));
        await scene.Server.RunJobAsync<DestroyExpiredKeys>();
        var row = await scene.Server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.AsNoTracking().SingleAsync(k => k.Kid == before["video"].Kid));
        Assert.NotNull(row.DestroyedAt);
        var (destruction, signer) = KeyDestructionCertificate.Verify(Encoding.ASCII.GetString((await scene.Server.Store.GetAsync(KeyDestructionCertificate.ObjectName(row.Name), 1 << 16, default))!));
        Assert.Equal((row.Kid, row.Name, scene.Server.Services.GetRequiredService<SigningKey>().Public.Thumbprint), (destruction.Kid, destruction.Name, signer.Thumbprint));

        // What is held was wrapped for a later month's key, and opens.
        var isHeld = await scene.Server.KeyFileAsync(held, "video");
        Assert.NotEqual(wasHeld.Kid, isHeld.Kid);
        await scene.Server.OpensAsync(isHeld);

        // The bucket and the catalogue of before, and the keys of now.
        await scene.Server.StopAsync();
        await using var restored = await Server.StartAfterAsync(data =>
        {
            Copy(_backup, data);
            foreach (var file in Directory.EnumerateFiles(Path.Combine(data, "keys"), "sr-*.pem")) { File.Delete(file); }
            takeKeys(data);
            return Task.CompletedTask;
        }, settings);
        foreach (var (track, file) in before)
        {
            Assert.Equal(file, await restored.KeyFileAsync(gone, track));
            await Assert.ThrowsAsync<KeyUnwrapException>(async () => (await restored.Locations.Main.Keys.UnwrapAsync(file, default)).Dispose());
        }

        return row;
    }

    private async Task BackUpAsync(Server server)
    {
        await server.StopAsync();
        Copy(server.Data, _backup);
        await server.StartAgainAsync();
    }

    private static void Copy(string from, string to)
    {
        foreach (var inner in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Append(from).Order(StringComparer.Ordinal))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, inner)), File.GetUnixFileMode(inner));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)) { File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true); }
    }
}
