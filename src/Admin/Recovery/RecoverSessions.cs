using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Recovers all sessions of a bucket, or the named ones, some at a time. One that is damaged does not keep the others from being recovered; one that is finished is passed over when it runs again.</summary>
internal sealed class RecoverSessions(IObjectStore store, RecoverSession recover, RecoveryFolder folder, RecoveryProgress progress)
{
    /// <summary>Sessions at the same time.</summary>
    private const int Parallelism = 4;

    private readonly ConcurrentBag<SessionLine> _lines = [];
    private readonly ConcurrentDictionary<string, int> _serverKeys = new(StringComparer.Ordinal);

    /// <param name="only">Ids; empty: all that the bucket has.</param>
    /// <param name="report">Of this run, without what is found now.</param>
    /// <exception cref="ObjectStoreException">The store does not answer: what is finished stays.</exception>
    public async Task<RecoveryReport> RunAsync(IReadOnlyList<Guid> only, RecoveryReport report, CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(SessionsAsync(only, cancellation), new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellation }, async (stored, token) => await RecoverAsync(stored, token));
        var lines = _lines.OrderBy(line => line.Session.ToString("D"), StringComparer.Ordinal).ToList();
        report = report with
        {
            Status = RecoveryStatus.Worst(lines.Select(line => line.Status)),
            Counts = lines.GroupBy(line => line.Status, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
            ServerKeys = _serverKeys.OrderByDescending(key => key.Value).ToDictionary(StringComparer.Ordinal),
            Deleted = await DeletedAsync(cancellation),
            Sessions = lines,
        };
        await PrivateFiles.WriteAsync(Path.Combine(folder.Root, SessionReport.FileName), JsonSerializer.SerializeToUtf8Bytes(report, RecoveryJson.Default.RecoveryReport), cancellation);
        await PrivateFiles.WriteAsync(Path.Combine(folder.Root, SessionReport.TextName), Encoding.UTF8.GetBytes(RecoveryText.Of(report)), cancellation);
        progress.Close();
        return report;
    }

    private async IAsyncEnumerable<StoredSession> SessionsAsync(IReadOnlyList<Guid> only, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (only.Count == 0)
        {
            await foreach (var stored in StoredSession.ListAsync(store, cancellation)) { yield return stored; }
        }

        foreach (var session in only)
        {
            if (await StoredSession.FindAsync(store, session, cancellation) is { } stored) { yield return stored; }
            else { Pass(new(session, RecoveryStatus.Unreadable, "Nothing lies in the bucket under this id.")); }
        }
    }

    private async Task RecoverAsync(StoredSession stored, CancellationToken cancellation)
    {
        try
        {
            // What could not be read may be readable now: with another key, or with a right that was missing.
            if (await folder.FinishedAsync(stored.Id, cancellation) is { } earlier && earlier.Tracks.All(track => track.Status != RecoveryStatus.Unreadable))
            {
                Count(earlier);
                Pass(earlier.Objects == await recover.FingerprintAsync(stored, cancellation)
                    ? new(stored.Id, earlier.Status, "Recovered by an earlier run, and not changed since.")
                    : new(stored.Id, RecoveryStatus.Changed, $"It changed in the bucket since it was recovered. '{folder.PathOf(stored.Id)}' was left as it is: take it away to have it recovered again."));
                return;
            }

            SessionReport report;
            using (progress.Begin()) { report = await recover.RunAsync(stored, folder.Begin(stored.Id), cancellation); }
            folder.Finish(stored.Id);
            Count(report);
            _lines.Add(new(stored.Id, report.Status, FirstFinding(report)));
            progress.Done(stored.Id, string.Create(CultureInfo.InvariantCulture, $"{report.Status}, {report.Tracks.Count} tracks, {report.Files.Count} files"));
        }
        catch (ObjectStoreException refused) when (refused.Fault is ObjectStoreFault.Denied or ObjectStoreFault.Rejected or ObjectStoreFault.TooLarge)
        {
            Pass(new(stored.Id, RecoveryStatus.NotRead, refused.Message));
        }
    }

    /// <summary>Of which sessions the bucket says that they are deleted. The certificates are judged one by one with <c>certificate verify</c>.</summary>
    private async Task<IReadOnlyList<Guid>> DeletedAsync(CancellationToken cancellation)
    {
        var deleted = new List<Guid>();
        await foreach (var found in store.ListAsync("certificates/", startAfter: null, cancellation))
        {
            if (found.Name.Split('/') is [_, var file] && file.EndsWith(".jws", StringComparison.Ordinal) && Guid.TryParseExact(file[..^4], "D", out var session)) { deleted.Add(session); }
        }

        return deleted;
    }

    private void Count(SessionReport report)
    {
        if (report.ServerKey is { } key) { _serverKeys.AddOrUpdate(key, 1, (_, count) => count + 1); }
    }

    private void Pass(SessionLine line)
    {
        _lines.Add(line);
        progress.Done(line.Session, $"{line.Status}: {Receipts.Printable.Line(line.Note ?? "")}");
    }

    private static string? FirstFinding(SessionReport report) => report.Status == RecoveryStatus.Verified ? null
        : report.Findings.Concat(report.Tracks.Where(track => track.Status != RecoveryStatus.Verified).SelectMany(track => track.Findings.Select(finding => $"{track.Track}: {finding}"))).FirstOrDefault();
}
