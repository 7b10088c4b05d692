using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Consent;

namespace SecureRecorder.Admin.Live;

/// <summary>A participant takes their consent back: capture stops at once, for everybody, and what was not stored yet is thrown away. What their device signed about it is kept beside the consent.</summary>
internal sealed class WithdrawConsent(SessionControl control, KeepWithdrawal keep, ChatRecorder chat)
{
    /// <param name="statement">What the device signed, compact JWS; null: it has its key no more. The recording stops all the same.</param>
    public async Task<Standing> RunAsync(Guid session, string participant, string? statement, CancellationToken cancellation)
    {
        var standing = await control.WithdrawAsync(
            session, participant, () => statement is null ? Task.CompletedTask : keep.RunAsync(session, participant, statement, CancellationToken.None), cancellation); // a page that is closed at once has withdrawn all the same
        chat.Forget(session);
        return standing;
    }
}
