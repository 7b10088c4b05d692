using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions;

/// <summary>Invites one more person into an open session; makes a new code for somebody whose code was not redeemed in time or was not written down.</summary>
/// <remarks>An invitation keeps nobody waiting: what is being recorded pauses when its code is redeemed.</remarks>
internal sealed class InviteParticipant(CatalogueDb catalogue, SessionCodes codes, CurrentNotice notice, LiveSessions live, TimeProvider clock)
{
    /// <summary>One more person, and their guardian where the notice asks for one.</summary>
    /// <returns>False where the session is over, not this technician's, or has as many persons as it may have.</returns>
    public Task<bool> RunAsync(Guid id, string technician, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        if (await FindAsync(id, technician, cancellation) is not { } session || NextName(session) is not { } name) { return false; }

        var shown = Invite(session, name, SessionCodes.Create(), await notice.AsksGuardianAsync(cancellation), codes, clock.GetUtcNow());
        catalogue.Participants.AddRange(session.Participants.Where(p => shown.ContainsKey(p.Name)));
        catalogue.Record(clock, technician, "participant.invited", id, AuditOutcome.Allowed, string.Join(", ", shown.Keys));
        await catalogue.SaveChangesAsync(cancellation);
        live.Of(id).Show(session, shown);
        return true;
    });

    /// <summary>A new code for a participant who has not joined yet; that of the first one is also the recorder's. The old one stops working.</summary>
    /// <returns>False where they have joined (and so has the recorder), or the session is over.</returns>
    public Task<bool> RenewCodeAsync(Guid id, string technician, string name, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        if (await FindAsync(id, technician, cancellation) is not { } session || session.Participants.FirstOrDefault(p => p.Name == name) is not { } participant) { return false; }

        var forParticipant = participant.State is ParticipantState.Invited;
        var forRecorder = name == Participant.First && session.RecorderJoinedAt is null && session.State is not SessionState.Recording;
        if (!forParticipant && !forRecorder) { return false; }

        var (code, until) = (SessionCodes.Create(), clock.GetUtcNow() + SessionCodes.Validity);
        if (forParticipant) { (participant.CodeHash, participant.CodeExpiresAt) = (codes.Hash(code), until); }
        if (forRecorder) { (session.CodeHash, session.CodeExpiresAt) = (codes.Hash(code), until); }
        catalogue.Record(clock, technician, "code.renewed", id, AuditOutcome.Allowed, name);
        await catalogue.SaveChangesAsync(cancellation);
        live.Of(id).Show(session, new() { [name] = new(code, until) });
        return true;
    });

    /// <summary>The name that the next person gets; null: there are as many as there may be.</summary>
    public static string? NextName(RecordedSession session) => Enumerable.Range(1, Participant.MostPersons).Select(number => $"p{number}")
        .FirstOrDefault(name => session.Participants.All(p => p.Name != name));

    /// <summary>Adds a person, and their guardian where there must be one, each with a code of their own.</summary>
    /// <returns>The codes, to be shown.</returns>
    public static Dictionary<string, ShownCode> Invite(RecordedSession session, string name, string code, bool guardian, SessionCodes codes, DateTimeOffset now)
    {
        var shown = new Dictionary<string, ShownCode>(StringComparer.Ordinal) { [name] = new(code, now + SessionCodes.Validity) };
        if (guardian) { shown[Participant.GuardianOf(name)] = new(SessionCodes.Create(), now + SessionCodes.Validity); }
        foreach (var (invited, its) in shown)
        {
            session.Participants.Add(new() { Session = session.Id, Name = invited, CodeHash = codes.Hash(its.Code), CodeExpiresAt = its.ExpiresAt, NeedsGuardian = guardian && invited == name });
        }

        return shown;
    }

    private async Task<RecordedSession?> FindAsync(Guid id, string technician, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.Include(s => s.Participants).SingleOrDefaultAsync(s => s.Id == id && s.Technician == technician, cancellation);
        return session is not null && LiveRules.IsOpen(session) ? session : null;
    }
}
