using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Sessions;

/// <summary>Starts a session and makes its code; where the person may be a minor, also the guardian's. The technician is recorded too, and accepts that first.</summary>
internal sealed partial class StartSession(
    CatalogueDb catalogue, SessionCodes codes, CurrentNotice notice, LiveSessions live, ChooseLocation choose, TeamsOfAccounts teams,
    TimeProvider clock, ILogger<StartSession> log)
{
    /// <summary>What the technician ticks.</summary>
    public const string Acceptance = "I accept that I am recorded too: what I write in the chat, and what I do on the shared screen.";

    /// <param name="accepted">Whether the technician accepted that they are recorded too.</param>
    /// <param name="team">Number of one of their teams; empty: the only one, or none.</param>
    /// <param name="label">Name of a label that is offered; empty: none.</param>
    public async Task<Outcome> RunAsync(string technician, string? ticket, bool accepted, string? team, string? label, CancellationToken cancellation)
    {
        if (!accepted) { return new Outcome.Refused("No session was started: accept that you are recorded too."); }

        var trimmed = string.IsNullOrWhiteSpace(ticket) ? null : ticket.Trim();
        if (trimmed is { Length: > RecordedSession.TicketLimit }) { return new Outcome.Refused($"The ticket or subject has {trimmed.Length} characters; it may have {RecordedSession.TicketLimit}."); }
        var memberships = await teams.OfAsync(technician, cancellation);
        if (string.IsNullOrEmpty(team) && memberships.Count > 1) { return new Outcome.Refused("Choose the team for which the session is."); }

        var membership = string.IsNullOrEmpty(team) ? memberships.SingleOrDefault() : memberships.Find(m => $"{m.Team}" == team);
        if (membership is null && !string.IsNullOrEmpty(team)) { return new Outcome.Refused("You are not in the team that you chose. Choose another one."); }
        if (string.IsNullOrEmpty(label)) { label = null; }
        else if (!await catalogue.Labels.AnyAsync(offered => offered.Name == label && offered.RetiredAt == null, cancellation)) { return new Outcome.Refused($"There is no label '{label}'. Choose one from the list."); }

        var (location, refusal) = await choose.RunAsync(membership?.Team, cancellation);
        if (location is null) { return new Outcome.LocationIsNotSafe(refusal!); }

        var policy = await catalogue.PolicyInForceAsync(membership?.Team, cancellation);
        if (policy.Of(RetentionPart.Screen).Keep is RetentionKind.None) { return new Outcome.Refused("The retention policy stores nothing of the screen here: these sessions are not recorded. Go on with your support without a recording."); }

        var now = clock.GetUtcNow();
        var code = SessionCodes.Create();
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(now),
            Technician = technician,
            TechnicianAcceptedAt = now,
            CreatedAt = now,
            Ticket = trimmed,
            Team = membership?.Team,
            Label = label,
            Policy = policy.Id,
            Chat = RetentionDates.ChatOf(policy.Of(RetentionPart.Chat).Keep),
            CodeHash = codes.Hash(code),
            CodeExpiresAt = now + SessionCodes.Validity,
            Region = location.Region,
            Location = location.Name,
            KeysExpire = location.KeysExpire,
        };
        if (await KeysRefusalAsync(location, session, cancellation) is { } noKey) { return new Outcome.LocationIsNotSafe(noKey); }

        var shown = InviteParticipant.Invite(session, Participant.First, code, await notice.AsksGuardianAsync(cancellation), codes, now);
        catalogue.Sessions.Add(session);
        catalogue.Record(clock, technician, "technician.accepted", session.Id, AuditOutcome.Allowed, null);
        catalogue.Record(clock, technician, "session.started", session.Id, AuditOutcome.Allowed, null);
        await catalogue.SaveChangesAsync(cancellation);
        live.Of(session.Id).Show(session, shown);
        return new Outcome.Started(session.Id, code);
    }

    /// <summary>The keys of the months in which it will expire are there from now on: whoever joins it does not wait for a vault.</summary>
    private async Task<string?> KeysRefusalAsync(Location location, RecordedSession session, CancellationToken cancellation)
    {
        if (!session.KeysExpire) { return null; }

        try
        {
            foreach (var part in (RetentionPart[])[RetentionPart.Screen, RetentionPart.Chat]) { await location.WrapsAsync(catalogue, session, part, cancellation); }
            return null;
        }
        catch (Exception failed) when (failed is KeyServiceException or KeyRefusedException or ObjectStoreException or TrackAlteredException)
        {
            NoKey(log, location.Name, failed);
            return "The key of the month in which the recording would expire cannot be made now. Nothing is recorded. Try again, and tell the administrator.";
        }
    }

    [LoggerMessage(2205, LogLevel.Error, "The key of the month in which a recording would expire cannot be made for the location '{Location}'")]
    private static partial void NoKey(ILogger log, string location, Exception failed);

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Started(Guid Session, string Code) : Outcome;
        internal sealed record Refused(string Reason) : Outcome;
        internal sealed record LocationIsNotSafe(string Reason) : Outcome;
    }
}
