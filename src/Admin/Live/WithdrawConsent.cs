using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>A participant takes their consent back: capture stops at once, for everybody, and what was not stored yet is thrown away.</summary>
internal sealed class WithdrawConsent(SessionControl control, ChatRecorder chat)
{
    public async Task<Standing> RunAsync(Guid session, CancellationToken cancellation)
    {
        var standing = await control.EndAsync(session, TrackEnd.Withdrawn, AuditActor.Participant, cancellation);
        chat.Forget(session);
        return standing;
    }
}
