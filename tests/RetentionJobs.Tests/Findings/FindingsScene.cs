using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.RetentionJobs.Breaches;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.RetentionJobs.Tests.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Findings;

/// <summary>A catalogue, a clock that stands still, and what keeps findings and tells of them.</summary>
internal sealed class FindingsScene : IDbContextFactory<CatalogueDb>, IDisposable
{
    private readonly RecordedCatalogue catalogue = new();

    public FindingsScene(params IAlertChannel[] channels)
    {
        Channels = channels.Length == 0 ? [new Nobody()] : channels;
        Queue = new(Channels);
        Keep = new(this, Queue, Clock);
        Follow = new(this, Keep, new KeepBreach(Queue), Queue, Clock, NullLogger<FollowLook>.Instance);
        Send = new(this, Channels, Keep, Clock, NullLogger<SendAlerts>.Instance);
    }

    public IReadOnlyList<IAlertChannel> Channels { get; }
    public ManualClock Clock { get; } = new(new(2026, 11, 28, 10, 0, 0, TimeSpan.Zero));
    public QueueAlert Queue { get; }
    public KeepFindings Keep { get; }
    public FollowLook Follow { get; }
    public SendAlerts Send { get; }

    public RecordedCatalogue Catalogue => catalogue;

    public CatalogueDb CreateDbContext() => catalogue.Open();

    public async Task<T> ReadAsync<T>(Func<CatalogueDb, Task<T>> read)
    {
        await using var db = catalogue.Open();
        return await read(db);
    }

    /// <summary>Rows of the trail, as <c>action detail</c>.</summary>
    public Task<List<string>> TrailAsync(string prefix) => ReadAsync(db => db.Audit.AsNoTracking().Where(row => row.Action.StartsWith(prefix)).OrderBy(row => row.Id).Select(row => $"{row.Action} {row.Detail}").ToListAsync());

    public Task<List<OutgoingAlert>> AlertsAsync() => ReadAsync(db => db.Alerts.AsNoTracking().OrderBy(alert => alert.CreatedAt).ToListAsync());

    public Task<List<KeptFinding>> OpenAsync() => ReadAsync(db => db.Findings.AsNoTracking().Where(finding => finding.ClosedAt == null).OrderBy(finding => finding.Rule).ToListAsync());

    public void Dispose() => catalogue.Dispose();

    /// <summary>A channel that takes everything and tells nobody.</summary>
    private sealed class Nobody : IAlertChannel
    {
        public string Name => "nobody";
        public bool IsConfigured => true;
        public Task SendAsync(OutgoingAlert alert, CancellationToken cancellation) => Task.CompletedTask;
    }
}
