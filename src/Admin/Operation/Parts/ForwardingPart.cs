using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>Whether the audit trail reaches the syslog server.</summary>
internal sealed class ForwardingPart(CatalogueDb catalogue, IOptions<SyslogOptions> options, TimeProvider clock) : IServerPart
{
    /// <summary>A row that waits longer does not get through.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    public string Name => "Forwarding of the audit trail";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(options.Value.Host)) { return PartHealth.Of(Name, PartState.Off, "It is not forwarded: Audit:Syslog:Host is not set."); }

        var sent = await catalogue.AuditCursors.AsNoTracking().Where(cursor => cursor.Name == ForwardToSyslog.Cursor).Select(cursor => cursor.Sequence).SingleOrDefaultAsync(cancellation);
        var waiting = catalogue.Audit.AsNoTracking().Where(row => row.Id > sent);
        var count = await waiting.CountAsync(cancellation);
        var oldest = await waiting.OrderBy(row => row.Id).Select(row => (DateTimeOffset?)row.At).FirstOrDefaultAsync(cancellation);
        List<(string, string)> facts = [("To", $"{options.Value.Host}:{options.Value.Port}{(options.Value.Tls ? ", TLS" : ", not encrypted")}"), ("Sent up to row", $"{sent}"), ("Waiting", $"{count}")];
        if (oldest is { } since) { facts.Add(("Waiting since", Words.Time(since.ToUnixTimeMilliseconds()))); }
        return clock.GetUtcNow() - oldest > Late
            ? PartHealth.Of(Name, PartState.Broken, "Rows wait, and are tried again. Nothing is lost. The reason is in the server's log.", [.. facts])
            : PartHealth.Of(Name, PartState.Fine, "Rows arrive.", [.. facts]);
    }
}
