using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Access.Matrix;

/// <summary>What the ids in the table's paths are of. Everything belongs to the technician <see cref="Who.Owner"/>, and is made anew for each request that changes it.</summary>
internal sealed class MatrixSubjects : IDisposable
{
    private readonly MatrixScene scene;
    private readonly Dictionary<string, Func<Task<MatrixSubject>>> makers;
    private Person person = null!;
    private TestRecorder recorder = null!;
    private int made;

    private MatrixSubjects(MatrixScene scene)
    {
        this.scene = scene;
        makers = new(StringComparer.Ordinal)
        {
            ["-"] = async () => await LiveAsync(SessionState.Recording, ParticipantState.Allowed),
            ["live"] = () => LiveAsync(SessionState.Recording, ParticipantState.Allowed),
            ["deciding"] = () => LiveAsync(SessionState.AwaitingConsent, ParticipantState.Deciding),
            ["invited"] = () => LiveAsync(SessionState.Invited, ParticipantState.Invited),
            ["recorded"] = () => Task.FromResult(Recorded($"{recorder.Session}", $"{Guid.NewGuid()}")),
            ["grant"] = GrantAsync,
            ["export"] = ExportAsync,
            ["receipt"] = () => Task.FromResult(Recorded(scene.Server.Services.GetRequiredService<ReceiptLinks>().TokenOf(recorder.Session, Participant.First), $"{recorder.Session:N}.{new string('A', 43)}")),
            ["case"] = CaseAsync,
            ["account"] = async () => Recorded(await scene.NewAccountAsync($"spare-{++made}", Roles.Technician), $"{Guid.NewGuid()}"),
            ["invitation"] = InvitationAsync,
            ["team"] = TeamAsync,
            ["right"] = RightAsync,
            ["approval"] = ApprovalAsync,
            ["breach"] = BreachAsync,
            ["hold"] = HoldAsync,
            ["month"] = MonthAsync,
            ["language"] = () => Task.FromResult(Recorded("en", "xx")),
            ["job"] = () => Task.FromResult(Recorded("expire-exports", "no-such-job")),
            ["retention"] = () => Task.FromResult(Recorded("0", "999999")),
            ["retained"] = () => Task.FromResult(Recorded("0", "999999")),
            ["day"] = () => Task.FromResult(Recorded("2027-03-01", "2027-02-30")),
            ["version"] = () => Task.FromResult(Recorded("1", "999")),
        };
    }

    public static async Task<MatrixSubjects> CreateAsync(MatrixScene scene)
    {
        var subjects = new MatrixSubjects(scene);
        await subjects.RecordAsync();
        return subjects;
    }

    public Task<MatrixSubject> NewAsync(string of) => makers.TryGetValue(of, out var make) ? make() : throw new KeyNotFoundException($"The table has '{of}', of which nobody knows how to make one: add it to {nameof(MatrixSubjects)}.");

    public void Dispose()
    {
        recorder.Dispose();
        person.Dispose();
    }

    private MatrixSubject Recorded(string id, string none) => new(
        id, none, recorder.Session, person.Browser.Cookies.GetCookies(scene.Server.Url)["participant"]!.Value, recorder.Joined.Token);

    /// <summary>A session in this state, with a person and a recorder in it.</summary>
    private async Task<MatrixSubject> LiveAsync(SessionState state, ParticipantState stateOfPerson)
    {
        var (id, now, forPerson, forRecorder) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow(), SecretTokens.Create(), SecretTokens.Create());
        var (hasJoined, allowed) = (stateOfPerson is not ParticipantState.Invited, stateOfPerson is ParticipantState.Allowed);
        await scene.Server.InCatalogueAsync(async catalogue =>
        {
            var notice = await catalogue.Notices.AsNoTracking().FirstAsync(n => n.Language == "en");
            catalogue.Sessions.Add(new()
            {
                Id = id, Technician = Who.Owner, CreatedAt = now, CodeExpiresAt = now.AddMinutes(10), CodeHash = RandomNumberGenerator.GetBytes(32), Region = "eu", State = state, KeepUntil = now.AddDays(90),
                RecorderTokenHash = SecretTokens.Hash(forRecorder), RecorderJoinedAt = hasJoined ? now : null, StartedAt = now, ConsentAt = allowed ? now : null, ConsentDigest = allowed ? new byte[32] : null,
                Participants =
                [
                    new()
                    {
                        Session = id, Name = Participant.First, State = stateOfPerson, CodeExpiresAt = now.AddMinutes(10), TokenHash = SecretTokens.Hash(forPerson), JoinedAt = now, DecideUntil = now.AddMinutes(20),
                        NoticeId = notice.Id, NoticeVersion = notice.Version, NoticeLanguage = "en", ConsentAt = allowed ? now : null, ConsentDigest = allowed ? new byte[32] : null,
                    },
                ],
            });
            return await catalogue.SaveChangesAsync();
        });
        return new($"{id}", $"{Guid.NewGuid()}", id, forPerson, forRecorder);
    }

    private async Task<MatrixSubject> GrantAsync()
    {
        var (id, now) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow());
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            catalogue.ReplayGrants.Add(new() { Id = id, Session = recorder.Session, Viewer = Who.Owner, Purpose = "Quality assurance", GrantedAt = now, ExpiresAt = now.AddHours(1) });
            return catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    /// <summary>A right of somebody to the sessions of a team.</summary>
    private async Task<MatrixSubject> RightAsync()
    {
        var (id, now) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow());
        await scene.Server.InCatalogueAsync(async catalogue =>
        {
            catalogue.Entitlements.Add(new() { Id = id, Account = "somebody", Scope = EntitlementScope.Team, ScopeTeam = 4711, Video = true, Chat = true, ExpiresAt = now.AddDays(1), GrantedBy = "somebody-else", GrantedAt = now, Reason = "matrix" });
            return await catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    /// <summary>Somebody's request for an approval.</summary>
    private async Task<MatrixSubject> ApprovalAsync()
    {
        var (id, now) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow());
        await scene.Server.InCatalogueAsync(async catalogue =>
        {
            catalogue.Approvals.Add(new() { Id = id, Kind = ApprovalKind.Replay, Session = recorder.Session, Requester = "somebody", Purpose = "Quality assurance", RequestedAt = now, ExpiresAt = now.AddHours(1) });
            return await catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    private async Task<MatrixSubject> BreachAsync()
    {
        var (id, now) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow());
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            catalogue.Breaches.Add(new() { Id = id, Location = "matrix", Bucket = "recordings", OpenedAt = now, Found = "public-list (acl)" });
            return catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    /// <summary>A legal hold that keeps nothing.</summary>
    private async Task<MatrixSubject> HoldAsync()
    {
        var (id, now) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow());
        await scene.Server.InCatalogueAsync(async catalogue =>
        {
            catalogue.Holds.Add(new() { Id = id, Team = 4711, Owner = "somebody", PlacedBy = "somebody", PlacedAt = now, ReviewAt = now.AddDays(1), Reason = "matrix" });
            return await catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    /// <summary>A month's key that was destroyed.</summary>
    private async Task<MatrixSubject> MonthAsync()
    {
        var (id, now) = (Guid.NewGuid(), scene.Server.Clock.GetUtcNow());
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            catalogue.ExpiryKeys.Add(new() { Id = id, Location = "matrix", Month = ++made, Name = $"sr-matrix-{made}", MadeAt = now, Kid = "kid", DestroyedAt = now, Certificate = "a.b.c" });
            return catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    private async Task<MatrixSubject> ExportAsync()
    {
        var id = Guid.NewGuid();
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            catalogue.Exports.Add(new() { Id = id, Session = recorder.Session, Requester = Who.Owner, Purpose = "Quality assurance", RequestedAt = scene.Server.Clock.GetUtcNow(), Tracks = "video", State = ExportState.Gone });
            return catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    private async Task<MatrixSubject> CaseAsync()
    {
        var id = Guid.NewGuid();
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            catalogue.RequestCases.Add(new() { Id = id, Session = recorder.Session, Participant = Participant.First, Kind = RequestKind.Copy, Text = "A copy, please.", At = scene.Server.Clock.GetUtcNow() });
            return catalogue.SaveChangesAsync();
        });
        return Recorded($"{id}", $"{Guid.NewGuid()}");
    }

    private async Task<MatrixSubject> InvitationAsync()
    {
        var account = await scene.NewAccountAsync($"spare-{++made}", Roles.Technician);
        await using var scope = scene.Server.Services.CreateAsyncScope();
        return Recorded(await scope.ServiceProvider.GetRequiredService<AccountLinks>().IssueAsync(account, default), SecretTokens.Create());
    }

    private async Task<MatrixSubject> TeamAsync()
    {
        var team = new Team { Name = $"Team {++made}" };
        await scene.Server.InAccountsAsync(db =>
        {
            db.Teams.Add(team);
            return db.SaveChangesAsync();
        });
        return Recorded(team.Id.ToString(CultureInfo.InvariantCulture), "999999");
    }

    /// <summary>The one session that is really recorded: with a receipt, and a video and thumbnails that play.</summary>
    private async Task RecordAsync()
    {
        var server = scene.Server;
        var start = RouteTable.Rows.Single(row => row.Name == "POST /sessions");
        using var started = await scene.PerformAsync(start, Who.Owner, "/sessions", new("", "", Guid.Empty, "", ""));
        Assert.Equal(HttpStatusCode.Redirect, started.StatusCode);
        var path = started.Headers.Location!.ToString();
        using var page = await scene.PerformAsync(RouteTable.Rows.Single(row => row.Name == "GET /sessions/{id:guid}"), Who.Owner, path, new("", "", Guid.Empty, "", ""));
        var code = Regex.Match(await page.Content.ReadAsStringAsync(), "id=\"code\"[^>]*>(?<found>[0-9A-Z]{4}-[0-9A-Z]{4})<", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["found"].Value;
        recorder = await TestRecorder.JoinAsync(server, code);
        person = await Person.JoinAsync(server, code);
        var receipt = await person.AllowAsync();
        var finished = new List<FinishedTrack>();
        foreach (var (name, type) in new[] { (TrackName.Video, TestRecorder.VideoType), (TrackName.Thumbnails, "image/webp") })
        {
            using var track = recorder.Write(receipt, name);
            using (var committed = await recorder.CommitAsync(TestRecorder.CommitOf(track, await recorder.RecordAsync(track, 2)) with { MediaType = type })) { Assert.True(committed.IsSuccessStatusCode, await committed.Content.ReadAsStringAsync()); }
            finished.Add(new(name.Value, 2, Manifest: false));
        }

        using var over = await recorder.FinishAsync(TrackEnd.Ended, [.. finished]);
        Assert.True(over.IsSuccessStatusCode, await over.Content.ReadAsStringAsync());
    }
}

/// <summary>What a route is called for.</summary>
/// <param name="Id">What is in its path.</param>
/// <param name="None">The same, of nothing.</param>
/// <param name="Session">The session of person and recorder.</param>
internal sealed record MatrixSubject(string Id, string None, Guid Session, string PersonToken, string RecorderToken);
