using System.Text;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Audit;

/// <summary>An audit row as a syslog message: everything that it says is structured data, so that nothing of it can be taken for another message.</summary>
/// <remarks>Source: RFC 5424 §6. Facility 13 (log audit); severity 6 for what was allowed, 4 for what was refused, 3 for what failed.</remarks>
internal static class SyslogMessage
{
    private const int LogAudit = 13;
    private const int MessageIdLength = 32;
    private const int HostLength = 255;

    /// <summary>32473 is the number that IANA keeps for documentation: there is no registered one yet.</summary>
    private const string StructuredData = "audit@32473";

    private static readonly string Host = Printable(Environment.MachineName, HostLength);

    /// <summary>The message in UTF-8, without a frame.</summary>
    public static byte[] Of(AuditRow row)
    {
        var line = AuditLine.Of(row);
        var message = new StringBuilder($"<{LogAudit * 8 + SeverityOf(row.Outcome)}>1 {FormatTimeConverter.Format(row.At)} {Host} secure-recorder - {Printable(row.Action, MessageIdLength)} [{StructuredData}");
        Add(message, "sequence", $"{row.Id}");
        Add(message, "actor", row.Actor);
        Add(message, "action", row.Action);
        Add(message, "session", row.Session?.ToString());
        Add(message, "outcome", row.Outcome);
        Add(message, "detail", row.Detail);
        Add(message, "address", row.Address);
        Add(message, "hash", line.Hash);
        return Encoding.UTF8.GetBytes(message.Append(']').ToString());
    }

    private static int SeverityOf(string outcome) => outcome switch { AuditOutcome.Allowed => 6, AuditOutcome.Refused => 4, _ => 3 };

    private static void Add(StringBuilder message, string name, string? value)
    {
        if (value is null) { return; }

        message.Append(' ').Append(name).Append("=\"");
        foreach (var c in value)
        {
            if (c is '"' or '\\' or ']') { message.Append('\\'); }
            message.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? '\uFFFD' : c);
        }

        message.Append('"');
    }

    /// <summary>As the header's fields must be: printable ASCII without blanks.</summary>
    private static string Printable(string text, int length)
    {
        var kept = new string([.. text.Take(length).Select(c => c is > ' ' and <= '~' ? c : '?')]);
        return kept.Length == 0 ? "-" : kept;
    }
}
