using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Findings;

/// <summary>Keeps what looks find in the catalogue: what is new is opened, what is still there refreshed, what is gone closed. Only changes are in the audit trail, and only what is new and severe is told.</summary>
public sealed class KeepFindings(IDbContextFactory<CatalogueDb> catalogues, QueueAlert alerts, TimeProvider clock)
{
    /// <summary>Rows that one look adds to the audit trail for what it opened, and for what it closed; of more it says how many.</summary>
    public const int AuditRows = 50;

    /// <summary>Findings that one alert names; of more it says how many.</summary>
    private const int Told = 10;

    /// <param name="source">What looked: <c>posture</c>. It answers for all of its findings at this location: what is not in <paramref name="seen"/> is gone.</param>
    /// <param name="location">Name of the location; see <see cref="LocationName"/>.</param>
    /// <returns>What is new.</returns>
    public async Task<IReadOnlyList<KeptFinding>> RunAsync(string source, string location, IReadOnlyCollection<SeenFinding> seen, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        await using var transaction = await catalogue.BeginWritingAsync(cancellation); // of two servers that look at once the later one sees what the earlier one opened
        var opened = await AddAsync(catalogue, source, location, seen, cancellation);
        await catalogue.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return opened;
    }

    /// <summary>The same, to be saved with whatever else the caller saves.</summary>
    /// <param name="catalogue">In a transaction that writes from its beginning.</param>
    internal async Task<IReadOnlyList<KeptFinding>> AddAsync(CatalogueDb catalogue, string source, string location, IReadOnlyCollection<SeenFinding> seen, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var open = await catalogue.Findings.Where(f => f.Source == source && f.Location == location && f.ClosedAt == null).ToDictionaryAsync(f => (f.Rule, f.Subject), cancellation);
        var opened = new List<KeptFinding>();
        foreach (var each in seen.Select(s => s with { Subject = Cut(s.Subject, KeptFinding.SubjectLimit) }).DistinctBy(s => (s.Rule, s.Subject)))
        {
            if (open.Remove((each.Rule, each.Subject), out var known)) { Refresh(known, each, now); } else { opened.Add(Open(each, source, location, now)); }
        }

        catalogue.Findings.AddRange(opened);
        foreach (var gone in open.Values) { gone.ClosedAt = now; }
        Record(catalogue, "finding.opened", "failed", opened, now);
        Record(catalogue, "finding.closed", "allowed", open.Values, now);
        Tell(catalogue, location, [.. opened.Where(finding => finding.Severity >= FindingSeverity.High).OrderByDescending(finding => finding.Severity)], now);
        return opened;
    }

    private static KeptFinding Open(SeenFinding seen, string source, string location, DateTimeOffset now)
    {
        var finding = new KeptFinding
        {
            Id = Guid.CreateVersion7(now), Source = source, Location = location, Rule = seen.Rule, Subject = seen.Subject, Severity = seen.Severity, Why = "", Detail = "", Mend = "", FirstSeenAt = now, LastSeenAt = now,
        };
        Refresh(finding, seen, now);
        return finding;
    }

    private static void Refresh(KeptFinding known, SeenFinding seen, DateTimeOffset now) => (known.Severity, known.Why, known.Detail, known.Mend, known.LastSeenAt) =
        (seen.Severity, Cut(seen.Why, KeptFinding.TextLimit), Cut(seen.Detail, KeptFinding.TextLimit), Cut(seen.Mend, KeptFinding.MendLimit), now);

    private static void Record(CatalogueDb catalogue, string action, string outcome, IReadOnlyCollection<KeptFinding> changed, DateTimeOffset now)
    {
        var rows = changed.Take(AuditRows).Select(finding => $"{finding.Location}: {finding.Rule} ({finding.Severity}), {finding.Subject}").ToList();
        if (changed.Count > AuditRows) { rows.Add($"{changed.First().Location}: and {changed.Count - AuditRows} more"); }
        catalogue.Audit.AddRange(rows.Select(detail => new AuditRow { At = now, Actor = "server", Action = action, Outcome = outcome, Detail = Cut(detail, KeptFinding.TextLimit) }));
    }

    private void Tell(CatalogueDb catalogue, string location, IReadOnlyList<KeptFinding> severe, DateTimeOffset now)
    {
        if (severe.Count == 0) { return; }

        var words = severe.DistinctBy(finding => finding.Rule).Take(Told).Select(finding => $"{finding.Severity}: {finding.Rule}. {finding.Why}").ToList();
        if (severe.DistinctBy(finding => finding.Rule).Count() is var rules && rules > Told) { words.Add($"And {rules - Told} other rules."); }
        alerts.Add(
            catalogue,
            new("finding.opened", severe[0].Severity, location, $"{(severe.Count == 1 ? "New finding" : $"{severe.Count} new findings")}, {severe[0].Severity}: {location}", string.Join('\n', words), "/location"),
            now);
    }

    private static string Cut(string text, int limit) => text.Length <= limit ? text : text[..(char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1)] + "…";
}

/// <summary>Something that a look finds wrong now.</summary>
/// <param name="Subject">What it is about: a bucket, an object, a session's id. Together with the rule it says whether it is the same as at the last look.</param>
/// <param name="Why">What the rule says of every such thing; it is told in alerts, and names nothing and nobody.</param>
/// <param name="Detail">Where it was seen.</param>
/// <param name="Mend">The command, or what to do where no command does it.</param>
public sealed record SeenFinding(string Rule, FindingSeverity Severity, string Subject, string Why, string Detail, string Mend);
