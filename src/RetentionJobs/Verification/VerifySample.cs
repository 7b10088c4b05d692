using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Verification;

/// <summary>Reads some recordings back whole, chosen by chance: every segment's digest and tags, the chain, the signatures. One in which something was wrong is read again each time until it is not.</summary>
public sealed partial class VerifySample(CatalogueDb catalogue, KnownLocations locations, VerifyRecording verify, KeepFindings findings, JobReport report, ILogger<VerifySample> log) : IScheduledJob
{
    public const string Source = "verification";

    /// <summary>Recordings that are chosen anew each time, in each location.</summary>
    public const int Recordings = 20;

    /// <summary>Bytes after which no other one is chosen.</summary>
    public const long Enough = 4L << 30;

    private static readonly SessionState[] Whole = [SessionState.Recorded, SessionState.Partial];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var chosen = new List<(Location Location, List<Guid> Sessions)>();
        foreach (var location in locations.All) { chosen.Add((location, await ChooseAsync(location, cancellation))); }

        var (done, total) = (0, chosen.Sum(each => each.Sessions.Count));
        foreach (var (location, sessions) in chosen)
        {
            var seen = new List<SeenFinding>();
            foreach (var session in sessions)
            {
                report.Progress(done++, total);
                try
                {
                    seen.AddRange(await VerifyAsync(session, cancellation));
                }
                catch (Exception failed) when (!cancellation.IsCancellationRequested)
                {
                    report.Failed("recording", "not read", failed);
                    NotRead(log, session, failed);
                    seen.AddRange(await KnownAsync(location, session, cancellation)); // what was wrong with it is not mended by this
                }
            }

            await findings.RunAsync(Source, location.Name, seen, cancellation);
        }

        report.Progress(total, total);
    }

    private async Task<List<Guid>> ChooseAsync(Location location, CancellationToken cancellation)
    {
        var subjects = await catalogue.Findings.AsNoTracking().Where(f => f.Source == Source && f.Location == location.Name && f.ClosedAt == null).Select(f => f.Subject).ToListAsync(cancellation);
        var chosen = subjects.Select(subject => Guid.Parse(subject.Split(' ')[0])).ToHashSet();
        var stored = catalogue.Sessions.AsNoTracking().Where(s => s.Location == location.Name && Whole.Contains(s.State));
        chosen.IntersectWith(await stored.Where(s => chosen.Contains(s.Id)).Select(s => s.Id).ToListAsync(cancellation)); // what is deleted meanwhile is no finding any more
        if (await stored.OrderBy(s => s.Id).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(cancellation) is not { } first) { return []; }

        var last = await stored.OrderByDescending(s => s.Id).Select(s => s.Id).FirstAsync(cancellation);
        var bytes = 0L;
        for (var i = 0; i < Recordings && bytes < Enough; i++)
        {
            var from = Between(first, last);
            var session = await stored.Where(s => s.Id >= from).OrderBy(s => s.Id).Select(s => s.Id).FirstOrDefaultAsync(cancellation);
            if (session != default && chosen.Add(session)) { bytes += await catalogue.Tracks.Where(t => t.Session == session).SumAsync(t => t.Size, cancellation); }
        }

        return [.. chosen];
    }

    private async Task<IReadOnlyList<SeenFinding>> VerifyAsync(Guid session, CancellationToken cancellation)
    {
        if (await verify.RunAsync(session, cancellation) is not VerifyRecording.Outcome.Verified verified) { return []; }

        report.Did("recording", "read whole");
        var wrong = verified.Tracks.Where(track => track.Status is TrackStatus.Altered or TrackStatus.Unreadable).ToList();
        report.Did("track", "found wrong", wrong.Count);
        return [.. wrong.Select(track => track.Status is TrackStatus.Altered
            ? new SeenFinding("altered", FindingSeverity.Critical, $"{session} {track.Track}", "A stored track is not what its writer signed.", track.Findings[0], "Find out who can write into the bucket, and change its credentials. Restore the object from a backup or a version; its replay says that it was altered.")
            : new SeenFinding("unreadable", FindingSeverity.High, $"{session} {track.Track}", "A stored track does not open.", track.Findings[0], "Look whether its key or its objects were deleted outside of SecureRecorder, and restore them."))];
    }

    private async Task<List<SeenFinding>> KnownAsync(Location location, Guid session, CancellationToken cancellation)
    {
        var name = $"{session} ";
        var known = await catalogue.Findings.AsNoTracking().Where(f => f.Source == Source && f.Location == location.Name && f.ClosedAt == null && f.Subject.StartsWith(name)).ToListAsync(cancellation);
        return [.. known.Select(finding => new SeenFinding(finding.Rule, finding.Severity, finding.Subject, finding.Why, finding.Detail, finding.Mend))];
    }

    /// <summary>Ids begin with the time (UUID version 7): a moment between, by chance, is a session by chance.</summary>
    private static Guid Between(Guid first, Guid last)
    {
        var (from, to) = (MillisecondsOf(first), MillisecondsOf(last));
        var chance = new byte[8];
        RandomNumberGenerator.Fill(chance);
        var at = from + (long)(BitConverter.ToUInt64(chance) % (ulong)(to - from + 1));
        return new Guid($"{at:x12}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10))}");
    }

    private static long MillisecondsOf(Guid id) => Convert.ToInt64($"{id:N}"[..12], 16);

    [LoggerMessage(3401, LogLevel.Warning, "Session {Session} could not be read to verify it")]
    private static partial void NotRead(ILogger log, Guid session, Exception failed);
}
