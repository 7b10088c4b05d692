using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.RetentionJobs.Breaches;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.RetentionJobs.Posture.Checks;
using SecureRecorder.RetentionJobs.Posture.Closing;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>What follows a look at a bucket: its findings are kept and told, a public bucket opens a breach, and where the configuration says so it is closed.</summary>
public sealed partial class FollowLook(IDbContextFactory<CatalogueDb> catalogues, KeepFindings findings, KeepBreach breaches, QueueAlert alerts, TimeProvider clock, ILogger<FollowLook> log)
{
    public const string Source = "posture";

    /// <summary>Whether the bucket answers at all: what it is like is not known while it does not, and no finding of it is gone.</summary>
    public const string ReachSource = "reach";

    /// <summary>How soon closing is tried again where it did not help.</summary>
    private static readonly TimeSpan ClosingPause = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(60);
    private static readonly string[] Unclear = ["probe-unknown", "policy-unknown", "acl-unknown", "object-acl-unknown", "bucket-missing"];

    /// <summary>Names of the objects that were public at the last look: they are looked at until they are not.</summary>
    public async Task<IReadOnlyList<string>> PublicObjectsAsync(string name, S3LocationOptions location, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var subjects = await catalogue.Findings.AsNoTracking().Where(f => f.Source == Source && f.Location == name && f.Rule == ObjectAcls.Public && f.ClosedAt == null).OrderBy(f => f.FirstSeenAt).Select(f => f.Subject).Take(100).ToListAsync(cancellation);
        return [.. subjects.Where(subject => subject.StartsWith(location.Bucket + "/", StringComparison.Ordinal)).Select(subject => subject[(location.Bucket.Length + 1)..])];
    }

    /// <summary>Whether somebody looked after this moment and found what stops recordings, or could not tell.</summary>
    public async Task<bool> HasFoundSinceAsync(string name, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        return await catalogue.Looks.AnyAsync(
            l => l.Location == name && l.At > since && (l.Public == true || l.Failure != null || catalogue.Findings.Any(f => f.Location == name && f.Source == Source && f.ClosedAt == null && f.Severity == FindingSeverity.Critical)), cancellation);
    }

    /// <param name="name">The location's name.</param>
    /// <param name="lookAgain">Looks at the same bucket once more.</param>
    /// <returns>The look that counts: this one, or the one after the bucket was closed.</returns>
    public async Task<PostureLook> RunAsync(string name, S3LocationOptions location, PostureLook look, Func<Task<PostureLook>> lookAgain, CancellationToken cancellation)
    {
        var breach = await KeepAsync(name, location, look, cancellation);
        if (!location.CloseAutomatically || breach is null || look.Report is not { Public: true } report || breach.ClosingTriedAt + ClosingPause > clock.GetUtcNow()) { return look; }

        using var limit = new CancellationTokenSource(ClosingPatience); // whoever asked for the look may leave: what is begun is finished
        await CloseAsync(name, location, report, breach.Id, limit.Token);
        var after = await lookAgain();
        await KeepAsync(name, location, after, cancellation);
        return after;
    }

    /// <returns>The breach that goes on.</returns>
    private async Task<Breach?> KeepAsync(string name, S3LocationOptions location, PostureLook look, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        await using var transaction = await catalogue.BeginWritingAsync(cancellation);
        var kept = await catalogue.Looks.SingleOrDefaultAsync(l => l.Location == name, cancellation);
        if (kept is null) { catalogue.Looks.Add(kept = new() { Location = name }); }
        (kept.At, kept.Failure) = (look.At, Cut(look.Failure));

        Breach? breach = null;
        if (look.Report is { } report)
        {
            (kept.Server, kept.Public) = (report.Server, IsPublic(report));
            await findings.AddAsync(catalogue, Source, name, [.. report.Findings.Select(finding => SeenOf(finding, report, location))], cancellation);
            await findings.AddAsync(catalogue, ReachSource, name, [], cancellation);
            if (kept.Public is { } isPublic) { breach = await breaches.AddAsync(catalogue, name, report.Bucket, isPublic, kept.PrivateAt, FoundIn(report), look.At, cancellation); }
            if (kept.Public is false) { kept.PrivateAt = look.At; }
        }
        else
        {
            await findings.AddAsync(catalogue, ReachSource, name, [new("not-checked", FindingSeverity.High, location.Bucket, "The bucket could not be looked at: what is not known counts against it.", look.Failure ?? "", "See whether its server answers, and whether the credential is right.")], cancellation);
        }

        await catalogue.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return breach;
    }

    private async Task CloseAsync(string name, S3LocationOptions location, BucketReport report, Guid breach, CancellationToken cancellation)
    {
        var (closed, why) = (false, "nothing that may be changed lets them in: see the findings, and close it by hand");
        try
        {
            closed = await CloseBucket.RunAsync(location, new(null, [], null), report, step => RecordAsync(name, breach, step, cancellation), cancellation);
        }
        catch (Exception failed) when (failed is ObjectStoreException or OperationCanceledException or HttpRequestException)
        {
            LogNotClosed(name, failed);
            why = failed is ObjectStoreException ? failed.Message : $"it took longer than {ClosingPatience.TotalSeconds:0} seconds";
        }

        if (closed) { LogClosed(name); } else { LogOpen(name, why); }
        await EndAsync(name, breach, closed, why, CancellationToken.None);
    }

    /// <summary>What is changed is in the record, with what it was before, before it is changed.</summary>
    private async Task RecordAsync(string name, Guid breach, ClosingStep step, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var last = await catalogue.BreachSteps.AsNoTracking().Where(s => s.Breach == breach && s.SavedKind == step.SavedKind && s.SavedKind != null).OrderByDescending(s => s.At).FirstOrDefaultAsync(cancellation);
        if (last?.Saved != step.Saved || step.Saved is null)
        {
            catalogue.BreachSteps.Add(new() { Id = Guid.CreateVersion7(now), Breach = breach, At = now, What = Cut(step.What)!, SavedKind = step.SavedKind, Saved = step.Saved });
        }

        catalogue.Audit.Add(new() { At = now, Actor = "server", Action = "location.closing", Outcome = step.SavedKind is null ? "failed" : "allowed", Detail = Cut($"{name}: {step.What}{(step.Saved is null ? "" : $" Saved in breach {breach}.")}") });
        await catalogue.SaveChangesAsync(cancellation);
    }

    private async Task EndAsync(string name, Guid id, bool closed, string why, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        await catalogue.ChangeAsync(async () =>
        {
            var (now, breach) = (clock.GetUtcNow(), await catalogue.Breaches.SingleAsync(b => b.Id == id, cancellation));
            var said = closed ? "Closed automatically: strangers get nothing any more." : $"It could not be closed automatically: {why}";
            var isFirst = breach.ClosingTriedAt is null;
            breach.ClosingTriedAt = now;
            catalogue.BreachSteps.Add(new() { Id = Guid.CreateVersion7(now), Breach = id, At = now, What = Cut(said)! });
            catalogue.Audit.Add(new() { At = now, Actor = "server", Action = closed ? "location.closed" : "location.not-closed", Outcome = closed ? "allowed" : "failed", Detail = Cut($"{name}: {said}") });
            if (closed || isFirst)
            {
                alerts.Add(
                    catalogue,
                    closed
                        ? new("location.closed", FindingSeverity.High, name, $"Location {name} was closed automatically", "Strangers get nothing any more. What was changed, and what it was before, is in the record of the breach, which stays open until somebody assesses it.", "/breaches")
                        : new("location.not-closed", FindingSeverity.Critical, name, $"Location {name} is STILL PUBLIC: it could not be closed automatically", "Close it by hand now. What was tried is in the record of the breach.", "/breaches"),
                    now);
            }

            await catalogue.SaveChangesAsync(cancellation);
            return true;
        });
    }

    /// <returns>Null: it cannot be told.</returns>
    private static bool? IsPublic(BucketReport report) => report.Public ? true : report.Findings.Any(finding => Unclear.Contains(finding.Rule.Name, StringComparer.Ordinal)) ? null : false;

    private static string FoundIn(BucketReport report) =>
        Cut(string.Join("; ", report.Findings.Where(finding => finding.Rule.Severity is Severity.Critical || PostureRules.IsPublic(finding.Rule.Name)).Select(finding => $"{finding.Rule.Name} ({finding.Read})")))!;

    private static SeenFinding SeenOf(PostureFinding finding, BucketReport report, S3LocationOptions location) => new(
        finding.Rule.Name, Enum.Parse<FindingSeverity>(finding.Rule.Severity.ToString()), finding.Subject is null ? report.Bucket : $"{report.Bucket}/{finding.Subject}", finding.Rule.Why, finding.Read,
        finding.MendFor(report.Bucket, location.Endpoint!, report.Server));

    private static string? Cut(string? text) => text is null || text.Length <= KeptFinding.TextLimit ? text : text[..(KeptFinding.TextLimit - 1)] + "…";

    [LoggerMessage(3111, LogLevel.Warning, "Location {Location} was public and is closed: what was changed is in the record of the breach")]
    private partial void LogClosed(string location);

    [LoggerMessage(3112, LogLevel.Critical, "Location {Location} is STILL PUBLIC and could not be closed automatically: {Why}")]
    private partial void LogOpen(string location, string why);

    [LoggerMessage(3113, LogLevel.Error, "Closing location {Location} broke off")]
    private partial void LogNotClosed(string location, Exception failed);
}
