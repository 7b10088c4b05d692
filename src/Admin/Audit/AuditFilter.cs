using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Audit;

/// <summary>Which rows an auditor asks for, as the page's address has it. Every part may be absent; times are UTC to the minute.</summary>
public sealed class AuditFilter
{
    private const int LongestText = 64;

    public string? Actor { get; init; }
    public string? Action { get; init; }
    public string? Session { get; init; }
    public string? Outcome { get; init; }
    public string? From { get; init; }
    public string? To { get; init; }

    /// <summary>What cannot be asked for, in words; empty where everything can.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (Actor?.Length > LongestText) { errors.Add($"An actor has at most {LongestText} characters."); }
        if (Action?.Length > LongestText) { errors.Add($"An action has at most {LongestText} characters."); }
        if (!string.IsNullOrEmpty(Session) && !Guid.TryParse(Session, out _)) { errors.Add($"'{Cut(Session)}' is not a session's identifier, such as 01990000-0000-7000-8000-0000000000aa."); }
        if (!string.IsNullOrEmpty(Outcome) && Outcome is not (AuditOutcome.Allowed or AuditOutcome.Refused or AuditOutcome.Failed)) { errors.Add($"'{Cut(Outcome)}' is not an outcome: allowed, refused or failed."); }
        foreach (var time in (string?[])[From, To])
        {
            if (!string.IsNullOrEmpty(time) && TimeOf(time) is null) { errors.Add($"'{Cut(time)}' is not a time, such as 2026-01-02T03:04."); }
        }

        return errors;
    }

    /// <summary>These rows. An action that ends with a dot stands for all that begin with it: <c>replay.</c></summary>
    public IQueryable<AuditRow> Of(IQueryable<AuditRow> rows)
    {
        if (!string.IsNullOrEmpty(Actor)) { rows = rows.Where(row => row.Actor == Actor); }
        if (!string.IsNullOrEmpty(Action)) { rows = Action.EndsWith('.') ? rows.Where(row => row.Action.StartsWith(Action)) : rows.Where(row => row.Action == Action); }
        if (Guid.TryParse(Session, out var session)) { rows = rows.Where(row => row.Session == session); }
        if (!string.IsNullOrEmpty(Outcome)) { rows = rows.Where(row => row.Outcome == Outcome); }
        if (TimeOf(From) is { } from) { rows = rows.Where(row => row.At >= from); }
        if (TimeOf(To) is { } to) { rows = rows.Where(row => row.At < to); }
        return rows;
    }

    /// <summary>The address of the same rows, from another one on.</summary>
    public string Address(string path, long? before = null) => QueryHelpers.AddQueryString(path, Parts().Append(new("before", before?.ToString())).Where(part => !string.IsNullOrEmpty(part.Value)));

    /// <summary>What was asked for, for the row that says so.</summary>
    public override string ToString() => string.Join(' ', Parts().Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => $"{part.Key}={part.Value}")) is { Length: > 0 } words ? words : "everything";

    private IEnumerable<KeyValuePair<string, string?>> Parts() =>
        [new("actor", Actor), new("action", Action), new("session", Session), new("outcome", Outcome), new("from", From), new("to", To)];

    private static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string Cut(string text) => text.Length > LongestText ? text[..LongestText] + "…" : text;
}
