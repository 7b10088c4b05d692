using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The notice that the person of a session reads: the configured words, the technician's name, the region, the date.</summary>
internal sealed class NoticeOfSession(AccountsDb accounts, IOptions<NoticeOptions> words, IOptions<ChatOptions> chat)
{
    /// <summary>What the notice asks for.</summary>
    public ConsentChoices Choices => new(Video: true, Chat: chat.Value.Keep is ChatKeeping.Recording);

    public async Task<Notice> ReadAsync(RecordedSession session, CancellationToken cancellation)
    {
        var name = await accounts.Users.Where(account => account.UserName == session.Technician).Select(account => account.DisplayName).SingleOrDefaultAsync(cancellation)
            ?? session.Technician;
        return Notice.For(words.Value, Choices, name, session.Region, session.KeepUntil ?? words.Value.KeepUntil(session.CreatedAt));
    }
}
