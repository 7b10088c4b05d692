using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>What the sealed audit trail of the bucket says of sessions: who started them, and what happened in them. It reaches as far as the last checkpoint.</summary>
internal sealed class FoundHistory
{
    private readonly Dictionary<Guid, List<AuditRow>> _sessions = [];
    private readonly Dictionary<string, Guid?> _holds = new(StringComparer.Ordinal);
    private bool _knowsSensitiveLabels;

    /// <summary>How far it could be read, in words.</summary>
    public string InWords { get; private set; } = "";

    /// <summary>Whether all that the bucket has of it is sound.</summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>Who signed its checkpoints.</summary>
    public IReadOnlyList<PublicSigningKey> Signers { get; private set; } = [];

    /// <param name="only">Of which sessions; empty: of all.</param>
    /// <param name="signers">Thumbprints of the server's keys; empty: whoever signed the first checkpoint.</param>
    /// <param name="restore">Told the rows of each checkpoint, in order; null: nobody wants them.</param>
    public static async Task<FoundHistory> ReadAsync(
        IObjectStore store, IKeyWrapper kek, IReadOnlyCollection<Guid> only, IReadOnlyCollection<string> signers, Func<IReadOnlyList<AuditRow>, Task>? restore, CancellationToken cancellation)
    {
        var (history, trail) = (new FoundHistory(), new ReadSealedTrail(store, kek, signers));
        string? broken = null;
        try
        {
            await foreach (var rows in trail.RowsAsync(cancellation))
            {
                if (restore is not null) { await restore(rows); }
                foreach (var row in rows) { history.Keep(row, only); }
            }
        }
        catch (Exception refused) when (refused is TrackAlteredException or TrackUnreadableException || refused is ObjectStoreException { Fault: ObjectStoreFault.Denied or ObjectStoreFault.Rejected or ObjectStoreFault.TooLarge })
        {
            broken = refused.Message;
        }

        (history.IsSound, history.Signers) = (broken is null, trail.Keys);
        history.InWords = trail.Last is { } last
            ? $"Read up to checkpoint {last.Number} of {last.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC (row {last.Last}), signed with the key {string.Join(", then ", trail.Keys.Select(key => key.Thumbprint))}. What happened later is in no checkpoint.{(broken is null ? "" : $" {broken}")}"
            : broken ?? "The bucket has no checkpoint of it.";
        return history;
    }

    /// <summary>Whether a session may be one that takes a second person's approval to watch: its label is not in the bucket. Sessions of which the trail says nothing may be.</summary>
    public bool MayBeSensitive(Guid session) => _knowsSensitiveLabels || !IsSound || TechnicianOf(session) is null;

    /// <summary>Whether a legal hold may keep a session: one on it, or one whose sessions the trail does not name.</summary>
    public bool MayBeHeld(Guid session) => _holds.Values.Any(held => held is null || held == session);

    /// <summary>Whether the recorded person had it erased.</summary>
    public bool IsToBeErased(Guid session) => RowsOf(session).Exists(row => row.Action == "recording.erased");

    /// <summary>Account that started a session; null: not known.</summary>
    public string? TechnicianOf(Guid session) => RowsOf(session).FirstOrDefault(row => row.Action == "session.started")?.Actor;

    /// <summary>What happened in it, on its own clock.</summary>
    public IReadOnlyList<SessionEvent> EventsOf(Guid session, DateTimeOffset zero) => SessionEvents.Of(RowsOf(session), TechnicianOf(session), zero);

    private List<AuditRow> RowsOf(Guid session) => _sessions.GetValueOrDefault(session) ?? [];

    /// <summary>Takes in a row, if it says something of a session.</summary>
    private void Keep(AuditRow row, IReadOnlyCollection<Guid> only)
    {
        if (row.Outcome != "allowed") { return; }

        _knowsSensitiveLabels |= row.Action == "label.sensitive" || (row.Action == "label.created" && row.Detail?.EndsWith(": sensitive", StringComparison.Ordinal) is true);
        if (row.Action == "hold.placed") { _holds[HoldOf(row)] = row.Session; }
        if (row.Action == "hold.lifted") { _holds.Remove(HoldOf(row)); }
        if (row.Session is not { } session || (only.Count > 0 && !only.Contains(session)) || !(row.Action is "session.started" or "recording.erased" || SessionEvents.IsOne(row))) { return; }

        if (!_sessions.TryGetValue(session, out var rows)) { _sessions.Add(session, rows = []); }
        rows.Add(row);
    }

    /// <summary>The number of the hold that a row is about.</summary>
    private static string HoldOf(AuditRow row) => row.Detail?.Split(':')[0] ?? "";
}
