using SecureRecorder.Admin.Requests;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Breaches;

/// <summary>Somebody says whether persons are at risk, why, and whether the authority was notified. It can be said again, until the record is closed; what was said before stays in it.</summary>
internal sealed class AssessBreach(CatalogueDb catalogue, ChangeBreach change)
{
    /// <param name="risk"><c>yes</c> or <c>no</c>.</param>
    /// <param name="notified"><c>yes</c> or <c>no</c>.</param>
    /// <param name="at">When, where it was: UTC, as a form's field for a time has it.</param>
    public Task<BreachOutcome> RunAsync(Guid id, string account, string? risk, string? typed, string? notified, string? at, CancellationToken cancellation)
    {
        var reason = TypedText.Clean(typed);
        return change.RunAsync(id, account, "breach.assessed", (breach, now) =>
        {
            if (risk is not ("yes" or "no")) { return "Say whether persons are at risk."; }
            if (NoteBreach.RefusalOf(reason, "The reason") is { } why) { return why; }
            if (notified is not ("yes" or "no")) { return "Say whether the authority was notified."; }

            DateTimeOffset? notifiedAt = null;
            if (notified == "yes")
            {
                if (!FormTime.TryRead(at, out var time)) { return "Say when the authority was notified."; }
                if (time > now || time < breach.OpenedAt.AddMinutes(-1)) { return $"The authority cannot have been notified on {time.UtcDateTime:d MMM yyyy, HH:mm} UTC: that is {(time > now ? "still to come" : "before the breach was found")}."; }
                notifiedAt = time;
            }

            (breach.Risk, breach.AssessedBy, breach.AssessedAt, breach.NotifiedAt) = (risk == "yes", account, now, notifiedAt);
            breach.State = notifiedAt is null ? BreachState.Assessed : BreachState.Notified;
            var said = $"{(risk == "yes" ? "Risk" : "No risk")}. {(notifiedAt is { } when ? $"The authority was notified on {when.UtcDateTime:d MMM yyyy, HH:mm} UTC." : "The authority was not notified.")}\n{reason}";
            catalogue.BreachNotes.Add(new() { Id = Guid.CreateVersion7(now), Breach = breach.Id, At = now, Author = account, IsAssessment = true, Text = said });
            return null;
        }, breach => $"risk: {risk}, notified: {(breach.NotifiedAt is { } when ? $"{when.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "no")}", cancellation);
    }
}
