using System.Globalization;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Posture;
using SecureRecorder.RetentionJobs.Orphans;
using SecureRecorder.RetentionJobs.Regions;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Locations;

/// <summary>The org admin's pages of all locations: how each of them is, who is recorded where, and adding one.</summary>
internal static class LocationEndpoints
{
    public const string Path = "/locations";
    public const string New = Path + "/new";

    /// <summary>Takes whether a location's keys expire from now on.</summary>
    public const string ExpiringKeys = Path + "/expiring-keys";

    private const int OrphansShown = 200;

    public static void MapLocations(this IEndpointRouteBuilder routes)
    {
        routes.MapUploads();
        var locations = routes.MapGroup(Path).RequireAuthorization(Policies.Admins);
        locations.MapGet("", (ClaimsPrincipal user, ListLocations list, CancellationToken cancellation) => ListAsync(user, list, null, cancellation));
        locations.MapGet("/new", (ClaimsPrincipal user, IOptions<LocationSecrets> secrets) => Form(user, new() { Provision = true }, null, secrets));
        locations.MapPost("/new", AddAsync);
        locations.MapPost("/close", ([FromForm] string? name, ClaimsPrincipal user, ChangeLocations change, ListLocations list, CancellationToken cancellation) =>
            AnswerAsync(change.CloseAsync(user.Identity!.Name!, name ?? "", close: true, cancellation), user, list, cancellation));
        locations.MapPost("/open", ([FromForm] string? name, ClaimsPrincipal user, ChangeLocations change, ListLocations list, CancellationToken cancellation) =>
            AnswerAsync(change.CloseAsync(user.Identity!.Name!, name ?? "", close: false, cancellation), user, list, cancellation));
        locations.MapPost("/expiring-keys", ExpireKeysAsync);
        locations.MapGet("/keys/{id:guid}/certificate", CertificateAsync);
        locations.MapPost("/move", ([FromForm] string? from, [FromForm] string? to, ClaimsPrincipal user, StartMove move, ListLocations list, CancellationToken cancellation) =>
            AnswerAsync(move.RunAsync(user.Identity!.Name!, from, to, cancellation), user, list, cancellation));
        locations.MapGet("/orphans", (ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation) => OrphansAsync(user, catalogue, clock, null, cancellation));
        locations.MapPost("/orphans", async ([FromForm] string? location, [FromForm] Guid? session, ClaimsPrincipal user, ApproveOrphans approve, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation) =>
            await approve.RunAsync(user.Identity!.Name!, location, session ?? Guid.Empty, cancellation) is { } refusal ? await OrphansAsync(user, catalogue, clock, refusal, cancellation) : TypedResults.LocalRedirect("~/locations/orphans"));
        locations.MapGet("/misplaced", MisplacedAsync);
        locations.MapPost("/regions", (IFormCollection form, ClaimsPrincipal user, ChangeLocations change, ListLocations list, CancellationToken cancellation) =>
            AnswerAsync(change.PinAsync(user.Identity!.Name!, int.TryParse(form["team"], CultureInfo.InvariantCulture, out var team) ? team : -1, [.. form["regions"].OfType<string>()], cancellation), user, list, cancellation));
    }

    private static async Task<IResult> AddAsync([FromForm] NewLocation? asked, ClaimsPrincipal user, AddLocation add, IOptions<LocationSecrets> secrets, CancellationToken cancellation) =>
        await add.RunAsync(user.Identity!.Name!, asked ?? new(), cancellation) switch
        {
            AddLocation.Outcome.Added => TypedResults.LocalRedirect("~" + Path),
            AddLocation.Outcome.Refused refused => Form(user, asked ?? new(), refused, secrets),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    /// <summary>Where the certificate of a month's key's destruction is downloaded.</summary>
    public static string CertificateOf(Guid key) => $"{Path}/keys/{key}/certificate";

    private static async Task<IResult> ExpireKeysAsync([FromForm] string? name, [FromForm] bool? expire, ClaimsPrincipal user, ChangeLocations change, ListLocations list, CancellationToken cancellation) =>
        await change.ExpireKeysAsync(user.Identity!.Name!, name ?? "", expire ?? false, cancellation) is { } refusal ? await ListAsync(user, list, refusal, cancellation) : TypedResults.LocalRedirect($"~{PostureEndpoints.Path}?name={name}#months");

    private static async Task<IResult> CertificateAsync(Guid id, CatalogueDb catalogue, HttpContext http, CancellationToken cancellation) =>
        await catalogue.ExpiryKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == id, cancellation) is { Certificate: { } signed } key
            ? TypedResults.File(Encoding.ASCII.GetBytes(signed), "application/jose", System.IO.Path.GetFileName(KeyDestructionCertificate.ObjectName(key.Name)))
            : ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such certificate.", "A month's key has one when it is destroyed. Choose one from the page of its location.");

    private static async Task<IResult> OrphansAsync(ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, string? refusal, CancellationToken cancellation)
    {
        var approved = await catalogue.OrphanApprovals.AsNoTracking().Select(a => new { a.Location, a.Session }).ToListAsync(cancellation);
        return new RazorComponentResult<OrphansPage>(new
        {
            Account = user.Identity!.Name!,
            Findings = (IReadOnlyList<KeptFinding>)await catalogue.Findings.AsNoTracking().Where(f => f.Source == FindOrphans.Source && f.ClosedAt == null).OrderBy(f => f.FirstSeenAt).Take(OrphansShown).ToListAsync(cancellation),
            Approved = (IReadOnlyCollection<(string, string)>)approved.Select(a => (a.Location, $"{a.Session}")).ToHashSet(),
            Now = clock.GetUtcNow(),
            Refusal = refusal,
        })
        { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
    }

    /// <param name="team">Its number; null: those without a team.</param>
    private static async Task<IResult> MisplacedAsync(string? location, int? team, ClaimsPrincipal user, KnownLocations known, CatalogueDb catalogue, AccountsDb accounts, HttpContext http, CancellationToken cancellation)
    {
        if (known.All.FirstOrDefault(each => each.Name == location) is not { } found) { return ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such location.", "Choose one from the page of all locations."); }

        return new RazorComponentResult<MisplacedPage>(new
        {
            Account = user.Identity!.Name!,
            Location = found.Name,
            Region = found.Region,
            Team = team is null ? "no team" : await accounts.Teams.Where(t => t.Id == team).Select(t => t.Name).SingleOrDefaultAsync(cancellation) ?? $"team {team}",
            Sessions = (IReadOnlyList<RecordedSession>)await catalogue.Sessions.AsNoTracking().Where(s => s.Team == team && s.Location == found.Name && RetentionDates.Kept.Contains(s.State)).OrderBy(s => s.CreatedAt).ThenBy(s => s.Id).Take(MisplacedPage.Most).ToListAsync(cancellation),
        });
    }

    private static RazorComponentResult<NewLocationPage> Form(ClaimsPrincipal user, NewLocation asked, AddLocation.Outcome.Refused? refused, IOptions<LocationSecrets> secrets) => new(new
    {
        Account = user.Identity!.Name!,
        Asked = asked,
        Credentials = (IReadOnlyList<string>)[.. secrets.Value.Credentials.Keys.Order(StringComparer.Ordinal)],
        Keys = (IReadOnlyList<(string, string)>)[.. secrets.Value.Keys.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => (key.Key, key.Value.Region))],
        Refusal = refused?.Why,
        Steps = refused?.Steps ?? [],
        Report = refused?.Report,
    })
    { StatusCode = refused is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };

    private static async Task<IResult> AnswerAsync(Task<string?> change, ClaimsPrincipal user, ListLocations list, CancellationToken cancellation) =>
        await change is { } refusal ? await ListAsync(user, list, refusal, cancellation) : TypedResults.LocalRedirect("~" + Path);

    private static async Task<IResult> ListAsync(ClaimsPrincipal user, ListLocations list, string? refusal, CancellationToken cancellation) =>
        new RazorComponentResult<LocationsPage>(new { Account = user.Identity!.Name!, List = await list.RunAsync(cancellation), Refusal = refusal })
        { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
}

/// <summary>What the page of all locations shows.</summary>
internal sealed class ListLocations(CatalogueDb catalogue, AccountsDb accounts, KnownLocations known, LocationGates gates)
{
    public async Task<ListedLocations> RunAsync(CancellationToken cancellation)
    {
        var rows = await catalogue.Locations.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellation);
        var months = await catalogue.ExpiryKeys.Where(key => key.DestroyedAt == null).GroupBy(key => key.Location).Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count, cancellation);
        var listed = new List<ListedLocation>();
        foreach (var location in known.All)
        {
            listed.Add(new(location.Name, location.Region, location.Bucket is { } bucket ? $"bucket {bucket.Bucket} at {bucket.Endpoint?.Authority}" : "a folder of this server",
                (await gates.Of(location).LookedAsync(cancellation)).Refusal, location.IsClosed, rows.Find(row => row.Name == location.Name), location.KeysExpire, months.GetValueOrDefault(location.Name)));
        }

        listed.AddRange(rows.Where(row => known.OutOfReach.ContainsKey(row.Name)).Select(row =>
            new ListedLocation(row.Name, row.Region, $"bucket {row.Bucket} at {new Uri(row.Endpoint).Authority}", known.OutOfReach[row.Name], row.ClosedAt is not null, row, row.ExpiringKeys, months.GetValueOrDefault(row.Name))));
        var pins = (await catalogue.RegionPins.AsNoTracking().OrderBy(pin => pin.Region).ToListAsync(cancellation)).ToLookup(pin => pin.Team, pin => pin.Region);
        var teams = await accounts.Teams.AsNoTracking().OrderBy(team => team.Name).ToListAsync(cancellation);
        return new(
            listed,
            [.. teams.Select(team => new PinnedTeam(team.Id, team.Name, [.. pins[team.Id]])), new(RegionPin.Everybody, null, [.. pins[RegionPin.Everybody]])],
            await catalogue.LocationMoves.AsNoTracking().Where(move => move.EndedAt == null).OrderBy(move => move.At).ToListAsync(cancellation),
            await catalogue.Findings.AsNoTracking().Where(f => f.Source == CheckRegions.Source && f.Rule == CheckRegions.Misplaced && f.ClosedAt == null).OrderBy(f => f.FirstSeenAt).ToListAsync(cancellation),
            [.. known.All.Select(location => location.Region).Concat(pins.SelectMany(pin => pin)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}

/// <param name="Moves">That go on.</param>
/// <param name="Misplaced">Recordings of a team in a region to which it is not pinned, as the job found them.</param>
/// <param name="Regions">That can be chosen.</param>
public sealed record ListedLocations(IReadOnlyList<ListedLocation> Locations, IReadOnlyList<PinnedTeam> Teams, IReadOnlyList<LocationMove> Moves, IReadOnlyList<KeptFinding> Misplaced, IReadOnlyList<string> Regions);

/// <param name="Place">Bucket or folder, in words.</param>
/// <param name="Refusal">Why nothing can be recorded there; null: it can.</param>
/// <param name="Row">Null: the one of the configuration.</param>
/// <param name="KeysExpire">Whether what is recorded there now is wrapped for keys that are destroyed with their months.</param>
/// <param name="Months">How many of these keys are there.</param>
public sealed record ListedLocation(string Name, string Region, string Place, string? Refusal, bool IsClosed, StorageLocation? Row, bool KeysExpire, int Months);

/// <param name="Name">Null: everybody else.</param>
public sealed record PinnedTeam(int Id, string? Name, IReadOnlyList<string> Regions);
