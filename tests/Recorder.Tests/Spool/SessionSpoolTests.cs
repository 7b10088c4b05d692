using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests.Spool;

/// <summary>What a recorder leaves when it is killed: the files, exactly as they are at that moment.</summary>
public sealed class SessionSpoolTests : IAsyncLifetime
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void What_was_spooled_is_found_again_with_its_token_gaps_and_checkpoints()
    {
        using var spool = new OpenedSpool(_server);
        using var track = spool.TrackOf("video", 5);
        spool.Session.Add(new Gap(1, 2, GapReason.Lost));
        spool.Session.MarkCommitted(track.Spooled!, 2, 0, 0);
        var checkpoint = track.Spooled!.CheckpointOf(4);
        spool.Session.Dispose();

        List<string> findings = [];
        using var again = SessionSpool.TryReopen(spool.Session.Folder, new(SpoolBudget.Default), findings)!;
        Assert.Empty(findings);
        Assert.Equal((_server.Session, _server.Token, "eu-test", _server.Address), (again.Id, again.Token, again.Region, again.Server));
        Assert.Equal([new Gap(1, 2, GapReason.Lost)], again.Gaps);
        var found = Assert.Single(again.Tracks);
        Assert.Equal(track.Spooled.Segments, found.Segments);
        Assert.Equal((2, 2, checkpoint), (found.Committed, found.Stored, found.CheckpointOf(4)));
        Assert.Equal(["key.json", "00000002.seal", "00000003.seal", "00000004.seal"], Names(again));
        Assert.Null(again.End);
    }

    [Fact]
    public void Files_are_their_owners_alone_and_show_neither_content_nor_key()
    {
        using var spool = new OpenedSpool(_server);
        using var track = spool.Track(TrackName.Video);
        var secret = Encoding.UTF8.GetBytes("what was on the screen 4711");
        track.Begin("video/mp4", default, secret);
        foreach (var file in Directory.EnumerateFiles(spool.Session.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(OwnersFile, File.GetUnixFileMode(file));
        }

        foreach (var folder in new[] { spool.Session.Folder, Path.Combine(spool.Session.Folder, "video") }) { Assert.Equal(OwnersFile | UnixFileMode.UserExecute, File.GetUnixFileMode(folder)); }
        var sealedBytes = File.ReadAllBytes(spool.PathOf("video", "00000000.seal"));
        Assert.Equal(-1, sealedBytes.AsSpan().IndexOf(secret));
        var journal = ReadJournal(spool);
        Assert.DoesNotContain(_server.Token, journal, StringComparison.Ordinal);
        Assert.DoesNotContain("\"d\":", journal, StringComparison.Ordinal); // a private JWK
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(200)]
    public void A_journal_line_that_a_crash_cut_costs_only_that_segment(int cut)
    {
        using var spool = new OpenedSpool(_server);
        using (spool.TrackOf("video", 4)) { }
        spool.Session.Dispose();
        var journal = Path.Combine(spool.Session.Folder, Journal.FileName);
        using (var file = new FileStream(journal, FileMode.Open)) { file.SetLength(file.Length - 1 - cut); }

        using (var again = SessionSpool.TryReopen(spool.Session.Folder, new(SpoolBudget.Default), [])!)
        {
            Assert.Equal(3, again.Tracks[0].Segments.Count);
            again.MarkCommitted(again.Tracks[0], 1, 0, 0); // and what is written next is whole
        }

        using var once = SessionSpool.TryReopen(spool.Session.Folder, new(SpoolBudget.Default), [])!;
        Assert.Equal((3, 1), (once.Tracks[0].Segments.Count, (int)once.Tracks[0].Committed));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("damaged")]
    public void A_track_ends_before_a_segment_that_is_missing_or_damaged_and_that_is_said(string how)
    {
        using var spool = new OpenedSpool(_server);
        using (spool.TrackOf("video", 4)) { }
        spool.Session.Dispose();
        var path = spool.PathOf("video", "00000002.seal");
        if (how == "missing") { File.Delete(path); } else { File.WriteAllBytes(path, [.. File.ReadAllBytes(path).SkipLast(1), 0]); }

        List<string> findings = [];
        using var again = SessionSpool.TryReopen(spool.Session.Folder, new(SpoolBudget.Default), findings)!;
        Assert.Equal(2, again.Tracks[0].Segments.Count);
        Assert.Contains($"Segment 2 of track 'video'", Assert.Single(findings), StringComparison.Ordinal);
        Assert.Contains(how, findings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_counts_only_once_the_session_was_ended()
    {
        using var spool = new OpenedSpool(_server);
        using var track = spool.TrackOf("video", 2);
        track.Finish(default, TrackEnd.Ended, []);
        var copy = Directory.CreateTempSubdirectory("copy").FullName;
        Copy(spool.Session.Folder, Path.Combine(copy, $"{_server.Session:D}"));
        using (var killedBefore = SessionSpool.TryReopen(Path.Combine(copy, $"{_server.Session:D}"), new(SpoolBudget.Default), [])!)
        {
            Assert.False(killedBefore.Tracks[0].HasManifest);
        }

        spool.Session.Complete(TrackEnd.Ended);
        spool.Session.Dispose();
        using var killedAfter = SessionSpool.TryReopen(spool.Session.Folder, new(SpoolBudget.Default), [])!;
        Assert.True(killedAfter.Tracks[0].HasManifest);
        Assert.Equal(TrackEnd.Ended, killedAfter.End);
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void Two_recorders_never_hold_one_session()
    {
        using var spool = new OpenedSpool(_server);
        Assert.Null(SessionSpool.TryReopen(spool.Session.Folder, new(SpoolBudget.Default), []));
        Assert.True(Directory.Exists(spool.Session.Folder));
    }

    [Fact]
    public async Task Acknowledged_segments_leave_the_disk_and_the_budget()
    {
        using var spool = new OpenedSpool(_server);
        using var track = spool.TrackOf("video", 3);
        var before = spool.Budget.Used;
        spool.Session.MarkCommitted(track.Spooled!, 2, 0, 0);
        Assert.True(spool.Budget.Used < before);
        await Eventually.TrueAsync(
            () => Directory.EnumerateFiles(Path.Combine(spool.Session.Folder, "video")).Select(Path.GetFileName).Order().SequenceEqual(["00000002.seal", "key.json"]), "what was acknowledged is gone");
        spool.Session.Delete();
        Assert.Equal(0, spool.Budget.Used);
        Assert.Empty(Directory.EnumerateFileSystemEntries(spool.Root));
    }

    [Fact]
    public void The_budget_is_full_above_its_limit_until_a_fifth_is_free_again()
    {
        var changes = 0;
        var budget = new SpoolBudget(1000) { Changed = () => changes++ };
        budget.Add(1000);
        Assert.False(budget.IsFull);
        budget.Add(1);
        Assert.True(budget.IsFull);
        budget.Add(-200);
        Assert.True(budget.IsFull);
        budget.Add(-1);
        Assert.False(budget.IsFull);
        Assert.Equal(2, changes);
    }

    [Fact]
    public void What_the_disk_refuses_waits_in_memory_and_the_fault_is_said()
    {
        using var spool = new OpenedSpool(_server);
        using var track = spool.TrackOf("video", 1);
        Directory.Delete(Path.Combine(spool.Session.Folder, "video"), recursive: true); // even root cannot write into what is not there
        track.Write([1, 2, 3], 1, 1, key: true);
        Assert.NotNull(spool.Session.DiskFault);
        var waiting = spool.Session.Find(track.Spooled!, 1)!;
        var content = new byte[waiting.Size];
        waiting.ReadInto(content);
        Assert.Equal(track.Spooled!.Segments[1].Sha256, Base64Url.EncodeToString(SHA256.HashData(content)));
        spool.Session.MarkCommitted(track.Spooled, 2, 0, 0);
        Assert.Null(spool.Session.DiskFault); // worth another try
    }

    private static IEnumerable<string> Names(SessionSpool spool)
    {
        while (spool.Queue.TryRead(out var waiting)) { yield return waiting.Name; }
    }

    private static string ReadJournal(OpenedSpool spool)
    {
        spool.Session.Dispose(); // it is locked while it is written
        return File.ReadAllText(Path.Combine(spool.Session.Folder, Journal.FileName));
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.EnumerateDirectories(from)) { Copy(folder, Path.Combine(to, Path.GetFileName(folder))); }
        foreach (var file in Directory.EnumerateFiles(from))
        {
            // a plain copy would meet the journal's lock
            using var source = System.Diagnostics.Process.Start("cp", [file, to]);
            source.WaitForExit();
        }
    }
}
