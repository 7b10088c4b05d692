using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Keys;

/// <summary>What tests of months' keys do with a server.</summary>
internal static class ExpiringKeys
{
    /// <summary>Ends these sessions, and waits until nobody puts anything of them any more.</summary>
    public static async Task FinishAsync(this Server server, params Guid[] sessions)
    {
        foreach (var session in sessions)
        {
            await Eventually.CompleteAsync(async () => (await server.SessionAsync(session)).Tracks.Any(t => t.Name == "chat") ? null : "The chat is not sealed.");
            await using var scope = server.Services.CreateAsyncScope();
            Assert.IsType<FinishSession.Outcome.Finished>(await scope.ServiceProvider.GetRequiredService<FinishSession>().RunAsync(session, TrackEnd.Recovered, [], default));
        }

        server.Clock.Advance(TimeSpan.FromHours(1));
    }

    public static void Jump(this Server server, DateTimeOffset to) => server.Clock.Advance(to - server.Clock.GetUtcNow());

    public static async Task<KeyFile> KeyFileAsync(this Server server, Guid session, string track) =>
        JsonSerializer.Deserialize((await server.Store.GetAsync(TrackObjects.NameOf(session, new TrackName(track), TrackObjects.KeyFile), 1 << 16, default))!, FormatJson.Default.KeyFile)!;

    public static async Task OpensAsync(this Server server, KeyFile file) => (await server.Locations.Main.Keys.UnwrapAsync(file, default)).Dispose();

    public static Task HoldAsync(this Server server, Guid session) => server.InCatalogueAsync(catalogue =>
    {
        var now = server.Clock.GetUtcNow();
        catalogue.Holds.Add(new() { Id = Guid.NewGuid(), Session = session, Owner = "ada", PlacedBy = "ada", PlacedAt = now, ReviewAt = now.AddDays(30), Reason = "Case 12" });
        return catalogue.SaveChangesAsync();
    });
}
