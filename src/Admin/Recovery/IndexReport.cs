using System.Text;
using SecureRecorder.Admin.Receipts;

namespace SecureRecorder.Admin.Recovery;

/// <summary>What a catalogue was rebuilt from, and what of it had to be guessed carefully.</summary>
/// <param name="AuditTrail">How far it was restored, in words.</param>
/// <param name="Months">What is to be said of months' keys.</param>
/// <param name="ServerKey">Thumbprint of this server's key.</param>
/// <param name="Earlier">Thumbprints of the keys before it, whose signatures count.</param>
/// <param name="Lines">Sessions of this run.</param>
internal sealed record IndexReport(string AuditTrail, IReadOnlyList<string> Months, string ServerKey, IReadOnlyList<string> Earlier, IReadOnlyList<IndexLine> Lines)
{
    /// <summary>Whether everything that lies in the bucket is in the catalogue.</summary>
    public bool IsWhole => Lines.All(line => line.State != IndexLine.LeftOut);

    /// <summary>One line.</summary>
    public string Summary => Lines.Count == 0 ? "Nothing was added: all that the bucket has is in the catalogue."
        : $"{string.Join(", ", Lines.GroupBy(line => line.State, StringComparer.Ordinal).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"))}.";

    public string Text()
    {
        var text = new StringBuilder($"""
            {Summary}

            Audit trail        {Printable.Line(AuditTrail)}
            This server's key  {ServerKey}
            Earlier keys       {(Earlier.Count == 0 ? "none" : string.Join(", ", Earlier))}

            What the bucket does not hold, and is to be set up anew: accounts and teams (the first start prints the link for the first admin; a user name that
            the sessions name belongs to the person who had it), entitlements, labels, tickets, legal holds, retention policies, other storage locations, open
            requests. Receipt links that were given out before do not open any more.

            Nothing is deleted in the next {ReadSession.GraceDays} days. Place legal holds anew before then.


            """);
        foreach (var note in Months) { text.Append($"{Printable.Line(note)}\n"); }
        foreach (var line in Lines)
        {
            text.Append($"{line.Session}  {line.State}{(line.State is IndexLine.Tombstone or IndexLine.LeftOut ? "" : line.KeepUntil is { } until ? $", kept until {until.UtcDateTime:yyyy-MM-dd}" : ", kept without a date")}\n");
            foreach (var note in line.Notes) { text.Append($"    {Printable.Line(note)}\n"); }
        }

        return text.ToString();
    }
}

/// <summary>One session. <paramref name="KeepUntil"/>: null: without a date.</summary>
internal sealed record IndexLine(Guid Session, string State, IReadOnlyList<string> Notes, DateTimeOffset? KeepUntil)
{
    public const string Tombstone = "deleted";
    public const string LeftOut = "left out";
}
