using System.Collections.Concurrent;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Chat;

/// <summary>Seals what is said while a session is recorded: every 10 seconds, or 64 messages. Until then it is in memory only.</summary>
internal sealed partial class ChatRecorder(
    IServiceScopeFactory scopes, ConsentProofs proofs, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ChatRecorder> log)
    : BackgroundService
{
    /// <summary>The longest that a message waits for being sealed.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Messages that are sealed at once, whatever the time.</summary>
    public const int Batch = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Guid, UnsealedChat> _unsealed = new();

    /// <summary>Whether chat becomes part of this session's recording: the organization keeps it, and everybody who is recorded allowed it.</summary>
    public async Task<bool> MayRecordAsync(Guid session, Standing standing, CancellationToken cancellation)
    {
        if (standing.Chat is not ChatKeeping.Recording) { return false; }

        foreach (var person in standing.People.Where(person => person.HasConsent))
        {
            var proof = await proofs.ReadAsync(session, person.ConsentDigest, cancellation);
            if (!ConsentReceipt.Verify(proof.Receipt, session).Receipt.Choices.Chat) { return false; }
        }

        return standing.HasConsent;
    }

    /// <summary>A message of a session that is being recorded.</summary>
    public void Take(Guid session, ChatMessage message) => _unsealed.GetOrAdd(session, static _ => new()).Add(message);

    /// <summary>Seals all that waits, because the recording ends.</summary>
    /// <exception cref="Storage.Objects.ObjectStoreException">The bucket does not take it; it still waits.</exception>
    public async Task SealAsync(Guid session, CancellationToken cancellation)
    {
        if (_unsealed.TryGetValue(session, out var unsealed)) { await SealAsync(session, unsealed, ending: true, cancellation); }
    }

    /// <summary>The session is over: its key is zeroed.</summary>
    public void Forget(Guid session)
    {
        if (_unsealed.TryRemove(session, out var unsealed)) { unsealed.Dispose(); }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping); // pages that listen hold up what comes later
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token)) { await SealWhatIsDueAsync(stopping.Token); }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            foreach (var session in _unsealed.Keys) { await TrySealAsync(session, ending: true, CancellationToken.None); } // nothing said is lost by an ordinary stop
        }
    }

    private async Task SealWhatIsDueAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        foreach (var (session, unsealed) in _unsealed)
        {
            if (unsealed.IsDue(now)) { await TrySealAsync(session, ending: false, cancellation); }
        }
    }

    private async Task TrySealAsync(Guid session, bool ending, CancellationToken cancellation)
    {
        try
        {
            if (_unsealed.TryGetValue(session, out var unsealed)) { await SealAsync(session, unsealed, ending, cancellation); }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNotSealed(failure, session); // the bucket is away: what was said waits in memory
        }
    }

    private async Task SealAsync(Guid session, UnsealedChat unsealed, bool ending, CancellationToken cancellation)
    {
        await unsealed.Sealing.WaitAsync(cancellation);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var track = scope.ServiceProvider.GetRequiredService<ChatTrack>();
            while (unsealed.Next(Batch) is { Count: > 0 } messages)
            {
                var outcome = await track.AppendAsync(session, messages, unsealed, ending, cancellation);
                if (outcome is ChatTrack.Appended.NotYet) { return; }
                if (outcome is ChatTrack.Appended.TooLate) { LogTooLate(messages.Count, session); }
                unsealed.Remove(messages.Count);
            }
        }
        finally
        {
            unsealed.Sealing.Release();
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "The chat of session {Session} could not be sealed yet; trying again")]
    private partial void LogNotSealed(Exception failure, Guid session);

    [LoggerMessage(2402, LogLevel.Warning, "{Count} chat messages came after the recording of session {Session} was closed and are not part of it")]
    private partial void LogTooLate(int count, Guid session);
}
