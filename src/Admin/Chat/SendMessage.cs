using System.Threading.RateLimiting;
using SecureRecorder.Admin.Chat.Redaction;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Chat;

/// <summary>Takes a message: secrets are removed before anybody else, or anything that stores, gets to see it.</summary>
internal sealed class SendMessage(LiveSessions sessions, ChatRedactor redactor, ChatRecorder recorder, TimeProvider clock) : IDisposable
{
    /// <summary>Messages that one side may send at once, and those that it may send a second after that.</summary>
    private const int AtOnce = 20, ASecond = 2;

    private readonly PartitionedRateLimiter<(Guid Session, string From)> _limiter = PartitionedRateLimiter.Create<(Guid Session, string From), (Guid, string)>(
        sender => RateLimitPartition.GetTokenBucketLimiter(sender, _ => new()
        {
            TokenLimit = AtOnce, TokensPerPeriod = ASecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }));

    /// <param name="participant">Who writes, such as <c>p2</c>; null: the technician.</param>
    public async Task<Outcome> RunAsync(Guid id, string? participant, string? text, CancellationToken cancellation)
    {
        var typed = (text ?? "").ReplaceLineEndings("\n").Trim();
        if (typed.Length == 0) { return new Outcome.Refused("The message is empty."); }
        if (typed.Length > ChatOptions.LongestMessage) { return new Outcome.Refused($"The message has {typed.Length} characters; it may have {ChatOptions.LongestMessage}."); }
        using var lease = _limiter.AttemptAcquire((id, participant ?? ""));
        if (!lease.IsAcquired) { return new Outcome.TooMany(); }

        var session = sessions.Of(id);
        var standing = await sessions.StandingAsync(session, cancellation);
        if (participant is not null && !standing.Of(participant).IsHere) { return new Outcome.Refused("You left the session."); }

        if (standing.IsDeleted) { return new Outcome.Refused("What was recorded of this session is deleted, and its chat is over."); }

        var redacted = redactor.Redact(Printable(typed));
        var recorded = standing.State is SessionState.Recording && await recorder.MayRecordAsync(id, standing, cancellation);
        var message = session.Chat.Say(number => new(number, participant is null ? ChatSide.Technician : ChatSide.Person, participant, clock.GetUtcNow(), redacted.Text, redacted.Kinds, recorded), standing.Chat);
        if (recorded) { recorder.Take(id, message); }
        session.Touch();
        return new Outcome.Sent(message);
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>Control characters, which no page shows, become visible; line ends and tabs stay.</summary>
    private static string Printable(string text) =>
        text.Any(IsUnprintable) ? string.Concat(text.Select(c => IsUnprintable(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnprintable(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Sent(ChatMessage Message) : Outcome;
        internal sealed record Refused(string Why) : Outcome;
        internal sealed record TooMany : Outcome;
    }
}
