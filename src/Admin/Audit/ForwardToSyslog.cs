using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Audit;

/// <summary>Forwards the audit trail to a syslog server, from the trail itself: what could not be sent waits there, and a cursor remembers the last row that was.</summary>
/// <remarks>A row may arrive twice, after a connection broke; its <c>sequence</c> tells. It begins with the first row of the trail.</remarks>
internal sealed partial class ForwardToSyslog(IDbContextFactory<CatalogueDb> catalogues, IOptions<SyslogOptions> options, TimeProvider clock, ILogger<ForwardToSyslog> log) : BackgroundService
{
    internal const string Cursor = "syslog";
    private const int Batch = 500;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrEmpty(options.Value.Host)) { return; }

        for (var pause = Look; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await using var connection = await SyslogConnection.OpenAsync(options.Value, stoppingToken);
                while (true)
                {
                    if (await SendAsync(connection, stoppingToken) == 0) { await Task.Delay(Look, clock, stoppingToken); }
                    pause = Look;
                }
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                Waiting(log, pause.TotalSeconds, failed);
                await Task.Delay(pause, clock, stoppingToken);
            }
        }
    }

    /// <summary>Sends the next rows. Returns how many.</summary>
    private async Task<int> SendAsync(SyslogConnection connection, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var cursor = await catalogue.AuditCursors.SingleOrDefaultAsync(c => c.Name == Cursor, cancellation);
        if (cursor is null) { catalogue.AuditCursors.Add(cursor = new() { Name = Cursor }); }

        var rows = await catalogue.Audit.AsNoTracking().Where(row => row.Id > cursor.Sequence).OrderBy(row => row.Id).Take(Batch).ToListAsync(cancellation);
        if (rows.Count == 0) { return 0; }

        await connection.SendAsync(rows.Select(SyslogMessage.Of), Confirmation, clock, cancellation);
        cursor.Sequence = rows[^1].Id;
        await catalogue.SaveChangesAsync(cancellation);
        return rows.Count;
    }

    [LoggerMessage(2701, LogLevel.Warning, "The audit trail is not forwarded at the moment; it is tried again in {Seconds} s, and nothing is lost")]
    private static partial void Waiting(ILogger log, double seconds, Exception failed);
}
