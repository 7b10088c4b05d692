using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Audit;

/// <summary>A recorded person acts from an address of their own; where it turns up afterwards.</summary>
public sealed class ParticipantAddressTests
{
    private const string Address = "127.77.88.99"; // all of 127.0.0.0/8 is this machine

    [Fact]
    public async Task By_default_the_address_is_in_no_file_and_in_no_log_however_much_is_logged()
    {
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?> { ["Logging__LogLevel__Default"] = "Trace", ["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace" });
        using var person = new HttpClient(new SocketsHttpHandler { ConnectCallback = Browser.ConnectFrom(Address) }) { BaseAddress = server.Url };
        foreach (var path in new[] { "/join", "/live", "/receipts/AAAA", "/api/live/chat", "/nowhere" })
        {
            using var answer = await person.GetAsync(new Uri(path, UriKind.Relative));
            using var posted = await person.PostAsync(new Uri(path, UriKind.Relative), new StringContent("{}"));
        }

        Assert.Contains("Request starting", server.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Address, server.Process.Output, StringComparison.Ordinal);
        AssertInNoFile(server.Data);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("NotStored", null)]
    [InlineData("Truncated", "127.77.88.0/24")]
    [InlineData("Stored", Address)]
    public async Task What_the_person_did_carries_as_much_of_the_address_as_the_policy_keeps_and_nothing_else_does(string? setting, string? kept)
    {
        await using var server = await (setting is null ? Server.StartAsync() : Server.StartAsync(("Participants:NetworkAddresses", setting)));
        using var technician = await Technician.SignInAsync(server);
        var (session, code) = await technician.StartSessionAsync();
        using var person = new Person(server, Address);
        using var entered = await person.EnterAsync(code);
        await person.AllowAsync();
        await person.BeatAsync();
        await person.PressAsync("pause");
        await person.PressAsync("resume");
        await person.PressAsync("withdraw");
        await person.PressAsync("erase");

        var rows = await server.InCatalogueAsync(catalogue => catalogue.Audit.AsNoTracking().Where(row => row.Session == session).ToListAsync());
        string[] theirs = ["code.redeemed", "consent.given", "session.paused", "session.resumed", "consent.withdrawn", "recording.erased"];
        Assert.Superset(theirs.ToHashSet(), rows.Where(row => row.Actor == AuditActor.Participant).Select(row => row.Action).ToHashSet());
        Assert.All(rows, row => Assert.Equal(row.Actor == AuditActor.Participant ? kept : null, row.Address));
        if (kept == Address) { return; }

        await server.StopAsync();
        Assert.DoesNotContain(Address, server.Console, StringComparison.Ordinal);
        Assert.Empty(server.FilesThatHold(Address));
    }

    [Fact]
    public async Task A_word_that_is_no_policy_is_refused_at_the_start() =>
        Assert.Contains("Participants:NetworkAddresses", (await Assert.ThrowsAnyAsync<Exception>(() => Server.StartAsync(("Participants:NetworkAddresses", "7")))).ToString(), StringComparison.Ordinal);

    private static void AssertInNoFile(string folder) => Assert.All(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories),
        file => Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Address)) < 0, $"The address is in {file}."));
}
