using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Recovery;
using SecureRecorder.Admin.Tests.Exports;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Verification;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>A catalogue that was lost is made anew from the bucket, and a server works on it; what cannot be known is never guessed to the recorded person's harm.</summary>
public sealed class IndexTests(RecordedBucket recorded, PostgresServer postgres) : IClassFixture<RecordedBucket>
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_session_is_what_it_was_and_replays_for_who_started_it()
    {
        await using var server = await Server.StartAfterAsync(data => RebuiltAsync(data, 0, "1 recorded."));
        var (was, row) = (recorded.Row, await server.SessionAsync(recorded.Session));
        Assert.Equal((was.State, was.Technician, was.End, was.Region, was.KeepUntil, was.RecorderKey, was.Chat), (row.State, row.Technician, row.End, row.Region, row.KeepUntil, row.RecorderKey, row.Chat));
        Assert.Equal(was.ConsentDigest, row.ConsentDigest);
        Assert.InRange((row.ConsentAt!.Value - was.ConsentAt!.Value).TotalSeconds, -5, 5);
        Assert.InRange((row.EndedAt!.Value - was.EndedAt!.Value).TotalSeconds, -5, 5);
        Assert.Equal(was.CreatedAt.ToUnixTimeMilliseconds(), row.CreatedAt.ToUnixTimeMilliseconds());
        Assert.Equal(Tracks(was), Tracks(row));
        Assert.Equal(was.Participants.Select(Person), row.Participants.Select(Person));

        using var technician = await Technician.SignInAsync(server);
        var replay = $"/sessions/{recorded.Session}/replay";
        using var opened = await technician.Browser.SubmitAsync(replay, replay, ("purpose", ExportScene.Purpose));
        var grant = opened.Headers.Location!.ToString().Split('/')[^1];
        using var answer = await technician.Browser.ScriptAsync(HttpMethod.Get, $"/api/replay/{grant}");
        Assert.Equal("verified", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]);
        Assert.Equal($"tina {ExportScene.Purpose}", await server.InCatalogueAsync(catalogue => catalogue.Audit.Where(found => found.Action == "replay.open").Select(found => $"{found.Actor} {found.Detail}").SingleAsync()));

        await using var scope = server.Services.CreateAsyncScope();
        Assert.True(Assert.IsType<VerifyRecording.Outcome.Verified>(await scope.ServiceProvider.GetRequiredService<VerifyRecording>().RunAsync(recorded.Session, default)).IsWhole);
    }

    [Fact]
    public async Task The_audit_trail_is_back_row_by_row_and_goes_on_signed_by_the_new_server()
    {
        await using var server = await Server.StartAfterAsync(data => RebuiltAsync(data, 0));
        var rows = await RecordedBucket.AuditOfAsync(server);
        Assert.Equal(recorded.Audit, rows.Take(recorded.Audit.Count));
        Assert.Contains(" catalogue.recovered ", rows[recorded.Audit.Count], StringComparison.Ordinal);
        Assert.Contains("Read up to checkpoint", await server.InCatalogueAsync(catalogue => catalogue.Audit.Where(row => row.Action == "catalogue.recovered").Select(row => row.Detail!).SingleAsync()), StringComparison.Ordinal);

        var signers = server.Services.GetRequiredService<TrackSigners>().Servers;
        Assert.Equal(recorded.ServerKey, signers.Last());
        var checkpoints = await AuditCheckpoints.ReadAsync(server.Locations.Main.Store, signers, default);
        using var file = AuditFile.Open(Path.Combine(server.Data, "catalogue.db"));
        var found = await new VerifyAuditTrail(file, checkpoints).RunAsync(default);
        Assert.True(found.Kind is null, found.Detail);
        Assert.True(checkpoints[^1].Last > recorded.Audit.Count);
        await Assert.ThrowsAsync<TrackAlteredException>(() => AuditCheckpoints.ReadAsync(server.Locations.Main.Store, [signers.First()], default)); // the old server's word is not the new one's
    }

    [Fact]
    public async Task The_notice_that_was_read_is_back_and_the_one_of_the_configuration_is_the_next_version()
    {
        await using var server = await Server.StartAfterAsync(data => RebuiltAsync(data, 0), ("Notice:Controller", "Another Ltd"));
        var notices = await server.InCatalogueAsync(catalogue => catalogue.Notices.AsNoTracking().OrderBy(notice => notice.Version).ToListAsync());
        Assert.Equal((1, "Example Ltd, 1 Example Street"), (notices[0].Version, notices[0].Words.Controller));
        Assert.Contains(ExportScene.Purpose, notices[0].Words.ReadPurposes());
        Assert.All(notices.Skip(1), notice => Assert.Equal((2, "Another Ltd"), (notice.Version, notice.Words.Controller)));
        Assert.NotEmpty(notices.Skip(1));
    }

    [Fact]
    public async Task A_catalogue_that_a_server_has_worked_with_is_refused_and_one_that_was_rebuilt_is_only_added_to()
    {
        await using (var used = await Server.StartAsync())
        {
            await used.StopAsync();
            var (code, said) = await IndexAsync(used.Data);
            Assert.Equal((2, true), (code, said.Contains("The catalogue is not empty", StringComparison.Ordinal)));
        }

        await using var server = await Server.StartAfterAsync(data => RebuiltAsync(data, 0));
        await server.StopAsync();
        Assert.Equal((0, true), (await IndexAsync(server.Data)) is var (again, words) ? (again, words.Contains("Nothing was added", StringComparison.Ordinal)) : default);
    }

    [Fact]
    public async Task A_session_that_somebody_planted_under_a_key_of_their_own_is_left_out_until_the_key_is_named()
    {
        WrittenSession planted = null!;
        await using var server = await Server.StartAfterAsync(async data =>
        {
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            planted = await WrittenSession.InAsync(data, Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(40))); // older than all
            await planted.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1]);
            await planted.FinishConsentAsync();
            var (code, said) = await IndexAsync(data);
            Assert.True(code == 1, said);
            Assert.Contains($"countersigned with the key {planted.ServerKey.Public.Thumbprint}, which is not the server's", said, StringComparison.Ordinal);
        });
        using (planted)
        {
            Assert.False(await server.InCatalogueAsync(catalogue => catalogue.Sessions.AnyAsync(session => session.Id == planted.Id)));
            await server.StopAsync();
            Assert.Equal(0, (await IndexAsync(server.Data, "--server-key", planted.ServerKey.Public.Thumbprint)).Code);
            await server.StartAgainAsync();

            // Nobody knows who started it, what its label was, or until when it may be kept.
            var row = await server.SessionAsync(planted.Id);
            Assert.Equal(("server", ReadSession.SensitiveLabel, null, SessionState.Recorded), (row.Technician, row.Label, row.KeepUntil, row.State));
            Assert.True(await server.InCatalogueAsync(catalogue => catalogue.Labels.AnyAsync(label => label.Name == row.Label && label.IsSensitive)));
            Assert.Contains("kept without a date", await File.ReadAllTextAsync(Path.Combine(server.Data, "recovery-report.txt")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_deleted_stays_deleted_and_what_is_due_is_not_deleted_at_once()
    {
        var (gone, clock) = (Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(56)), TimeProvider.System);
        await using var server = await Server.StartAfterAsync(async data =>
        {
            using var key = recorded.Key();
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            var at = DateTimeOffset.UnixEpoch.AddYears(56).AddDays(1);
            Directory.CreateDirectory(Path.Combine(data, "bucket", "certificates"));
            await File.WriteAllTextAsync(Path.Combine(data, "bucket", DeletionCertificate.ObjectName(gone)), new DeletionCertificate(DeletionCertificate.FormatName1, gone, DeletionReason.Withdrawn, [], at).Sign(key));
            var (code, said) = await IndexAsync(data);
            Assert.Equal((0, true), (code, said.Contains("1 deleted", StringComparison.Ordinal) && said.Contains("1 recorded", StringComparison.Ordinal)));
        });
        var tombstone = await server.SessionAsync(gone);
        Assert.Equal((SessionState.Purged, TrackEnd.Withdrawn), (tombstone.State, tombstone.End));
        Assert.Equal(DeletionReason.Withdrawn, await server.InCatalogueAsync(catalogue => catalogue.Purges.Where(purge => purge.Session == gone && purge.Certificate != null).Select(purge => purge.Reason).SingleAsync()));

        await using var late = await Server.StartAfterAsync(async data =>
        {
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            var years = new ShiftedClock();
            years.Advance(TimeSpan.FromDays(400));
            await RebuildAsync(data, years);
        });
        var row = await late.SessionAsync(recorded.Session);
        Assert.Equal(RetentionDates.DayOf(clock.GetUtcNow()) + 400 + ReadSession.GraceDays, RetentionDates.DayOf(row.KeepUntil!.Value), 1.0);
        late.Clock.Advance(TimeSpan.FromDays(400));
        Assert.NotEqual(PurgeOutcome.Purged, await PurgeAsync(late));
        late.Clock.Advance(TimeSpan.FromDays(ReadSession.GraceDays + 2));
        await PurgeAsync(late);
        await late.WaitForAsync(recorded.Session, SessionState.Purged); // its date counts
    }

    [Fact]
    public async Task On_PostgreSQL_it_is_the_same()
    {
        var connection = await postgres.NewDatabaseAsync();
        (string, string)[] settings = [("Catalogue:Kind", "postgresql"), ("Catalogue:ConnectionString", connection)];
        try
        {
            await using var server = await Server.StartAfterAsync(async data =>
            {
                recorded.CopyBucket(Path.Combine(data, "bucket"));
                foreach (var words in (string[])["1 recorded.", "Nothing was added"])
                {
                    var (code, said) = await IndexAsync(data, [.. settings.Select(setting => $"--{setting.Item1}={setting.Item2}")]);
                    Assert.True(code == 0 && said.Contains(words, StringComparison.Ordinal), said);
                }
            }, settings);
            Assert.Equal(recorded.Audit, (await RecordedBucket.AuditOfAsync(server)).Take(recorded.Audit.Count));
            Assert.Equal(SessionState.Recorded, (await server.SessionAsync(recorded.Session)).State);
        }
        finally
        {
            await postgres.DropAsync(connection);
        }
    }

    [Fact]
    public async Task What_is_missing_or_was_never_finished_is_said_by_the_state()
    {
        await using var lost = await Server.StartAfterAsync(async data =>
        {
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            File.Delete(Path.Combine(data, "bucket", TrackObjects.Segment(recorded.Session, TrackName.Video, 3)));
            Assert.Equal(0, (await IndexAsync(data)).Code);
        });
        var row = await lost.SessionAsync(recorded.Session);
        Assert.Equal((SessionState.Lost, "video: 1 of its 7 segments are missing or have another size."), (row.State, row.Detail));

        await using var partial = await Server.StartAfterAsync(async data =>
        {
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            File.Delete(Path.Combine(data, "bucket", TrackObjects.NameOf(recorded.Session, TrackName.Video, TrackObjects.Manifest)));
            Assert.Equal(0, (await IndexAsync(data)).Code);
        });
        Assert.Equal(SessionState.Partial, (await partial.SessionAsync(recorded.Session)).State);
    }

    [Fact]
    public async Task A_run_that_is_killed_goes_on_and_nothing_is_there_twice()
    {
        const int Sessions = 30;
        var written = new List<WrittenSession>();
        await using var server = await Server.StartAfterAsync(async data =>
        {
            recorded.CopyBucket(Path.Combine(data, "bucket"));
            for (var i = 0; i < Sessions; i++) { written.Add(await WrittenSession.InAsync(data, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()))); }

            string[] arguments = ["--index", "--data", data, .. written.Select(session => session.ServerKey.Public.Thumbprint).Append(recorded.ServerKey).SelectMany(key => (string[])["--server-key", key])];
            await using (var killed = ChildProcess.Start(AdminServer.Program("Admin", "secure-recorder-admin"), ["recover", .. arguments]))
            {
                await killed.WaitForLineAsync(@"^\[3\] ", Long);
                killed.Kill();
                await killed.WaitForExitAsync(Long);
                Assert.DoesNotContain("recovery-report.txt", killed.Output, StringComparison.Ordinal); // it was not done
            }

            var (code, said) = await RecoveryScene.RunAsync(arguments);
            Assert.True(code == 0, said);
        });
        try
        {
            Assert.Equal(Sessions + 1, await server.InCatalogueAsync(catalogue => catalogue.Sessions.CountAsync()));
            Assert.Equal(recorded.Audit, (await RecordedBucket.AuditOfAsync(server)).Take(recorded.Audit.Count));
        }
        finally
        {
            written.ForEach(session => session.Dispose());
        }
    }

    private async Task RebuiltAsync(string data, int expected, string said = "")
    {
        recorded.CopyBucket(Path.Combine(data, "bucket"));
        var (code, output) = await IndexAsync(data);
        Assert.True(code == expected && output.Contains(said, StringComparison.Ordinal), output);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "recovery-report.txt")));
    }

    private static Task<(int Code, string Said)> IndexAsync(string data, params string[] more) => RecoveryScene.RunAsync(["--index", "--data", data, .. more]);

    private static async Task RebuildAsync(string data, TimeProvider clock)
    {
        await using var app = Program.Build([$"--DataDirectory={data}"]);
        using var rebuild = new RebuildCatalogue(
            app.Services.GetRequiredService<IDbContextFactory<CatalogueDb>>(), app.Services.GetRequiredService<Storage.Locations.KnownLocations>(), app.Services.GetRequiredService<SecureRecorder.Admin.Keys.NamedKeys>(), app.Services.GetRequiredService<SigningKey>(),
            app.Services.GetRequiredService<DataFolder>(), new(TextWriter.Null, isTerminal: false, clock), [], clock);
        var report = await rebuild.RunAsync(default);
        Assert.True(report.IsWhole, report.Text());
    }

    private async Task<PurgeOutcome> PurgeAsync(Server server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<PurgeSession>().RunIfDueAsync(recorded.Session, "test", default);
    }

    private static IEnumerable<object> Tracks(RecordedSession session) =>
        session.Tracks.OrderBy(track => track.Name, StringComparer.Ordinal).Select(track => (object)(track.Name, track.MediaType, track.Segments, track.Size, track.Duration, track.Name == "video" ? track.Gaps : "", track.Chain, track.Finished, track.KeepUntil));

    private static object Person(Participant person) =>
        (person.Name, person.State, Convert.ToHexString(person.ConsentDigest!), person.NoticeId, person.NoticeVersion, person.NoticeLanguage, person.NoticeSha256, person.WithdrawnAt);
}
