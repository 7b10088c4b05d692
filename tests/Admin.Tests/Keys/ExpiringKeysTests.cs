using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Tests.Access.Entitlements;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Admin.Tests.Keys;

/// <summary>A server whose recordings are wrapped for the months in which they expire.</summary>
[Trait("Catalogue", "both")]
public sealed class ExpiringKeysTests
{
    private static readonly (string, string) On = ("Location:ExpiringKeys", "true");

    [Fact]
    public async Task A_recording_replays_until_it_is_deleted_and_its_months_key_goes_after_the_month()
    {
        await using var scene = new RightsScene(On);
        await scene.InitializeAsync();
        var (gone, held) = (await scene.RecordAsync(), await scene.RecordAsync());
        await scene.Server.FinishAsync(gone, held);
        var replay = await RightsScene.OpenAsync(scene.Tina.Browser, gone);
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Tina.Browser, replay!, "/video/1.m4s"));

        var kid = (await scene.Server.KeyFileAsync(gone, "video")).Kid;
        await scene.Server.HoldAsync(held);
        scene.Server.Jump((await scene.Server.SessionAsync(gone)).KeepUntil!.Value + TimeSpan.FromMinutes(1));
        await scene.Server.RunJobAsync<PurgeExpired>();
        await scene.Server.RunJobAsync<DestroyExpiredKeys>();
        var row = await scene.Server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.AsNoTracking().SingleAsync(k => k.Kid == kid));
        Assert.Null(row.DestroyedAt);

        scene.Server.Jump(new ExpiryMonth(row.Month).End + TimeSpan.FromDays(2));
        await scene.Server.RunJobAsync<DestroyExpiredKeys>();
        Assert.NotNull((await scene.Server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.AsNoTracking().SingleAsync(k => k.Id == row.Id))).DestroyedAt);
        await scene.Server.OpensAsync(await scene.Server.KeyFileAsync(held, "video"));
        Assert.Equal(0, await scene.Server.InCatalogueAsync(catalogue => catalogue.Tracks.CountAsync(t => t.ExpiryKey == row.Id && t.PurgedAt == null && t.Session == held)));
    }

    [Fact]
    public async Task The_keys_of_coming_months_are_there_before_they_are_needed()
    {
        await using var server = await Server.StartAsync(On);
        await server.RunJobAsync<DestroyExpiredKeys>();
        var made = await server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.AsNoTracking().OrderBy(k => k.Month).ToListAsync());
        server.Clock.Advance(TimeSpan.FromDays(27));
        var month = ExpiryMonth.Of(server.Clock.GetUtcNow().AddDays(90)); // of what is recorded now
        Assert.Contains(made, key => key.Month == month.Number && key.Kid is not null);
        Assert.Equal(made.Count, made.Select(key => key.Month).Distinct().Count());
    }

    [Fact]
    public async Task Nothing_is_recorded_while_the_months_key_cannot_be_made_and_everything_once_it_was()
    {
        await using var vault = new TransitServer();
        vault.AddKey("kek");
        var token = Path.Combine(Path.GetTempPath(), "token-" + Guid.NewGuid().ToString("N"));
        OwnerOnlyFile.Create(token, TransitServer.Token);
        await using var server = await Server.StartAsync(On, ("Location:Key", "vault"), ("Keys:vault:Region", "local"), ("Keys:vault:Transit", vault.AddressOf("kek")), ("Keys:vault:TokenFile", token));
        using var technician = await Technician.SignInAsync(server);
        vault.RefusesCredential = true;
        await LaterAsync(TimeSpan.FromDays(100)); // far beyond the months whose keys were made ahead
        using (var refused = await technician.Browser.SubmitAsync("/", "/sessions", ("accepted", "true"), ("ticket", "printer"), ("team", ""), ("label", "")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("The key of the month in which the recording would expire cannot be made now. Nothing is recorded.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(0, await server.InCatalogueAsync(catalogue => catalogue.Sessions.CountAsync()));

        vault.RefusesCredential = false;
        await technician.StartSessionAsync("printer");
        vault.RefusesCredential = true; // whoever records after that asks no vault
        await technician.StartSessionAsync("printer");
        File.Delete(token);

        async Task LaterAsync(TimeSpan time)
        {
            server.Clock.Advance(time);
            using var again = await technician.EnterAsync(Technician.Password, technician.Code(stepsAhead: 1));
            Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        }
    }

    [Fact]
    public async Task It_is_off_by_default()
    {
        await using var scene = new RightsScene();
        await scene.InitializeAsync();
        var session = await scene.RecordAsync();
        await scene.Server.RunJobAsync<DestroyExpiredKeys>();
        Assert.Equal(scene.Server.Locations.Main.Kek.PublicKey.Kid, (await scene.Server.KeyFileAsync(session, "video")).Kid);
        Assert.Equal(0, await scene.Server.InCatalogueAsync(catalogue => catalogue.ExpiryKeys.CountAsync()));
    }
}
