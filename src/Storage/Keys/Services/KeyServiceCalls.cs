using System.Diagnostics;

namespace SecureRecorder.Storage.Keys.Services;

/// <summary>The calls for one vault's key: tried again where that can help, given up in time, and not made at all while the vault has just failed.</summary>
/// <param name="key">Address of the key, for messages.</param>
internal sealed class KeyServiceCalls(string key, TimeProvider clock)
{
    /// <summary>Times that a call is made, at most.</summary>
    public const int Attempts = 3;

    /// <summary>No attempt begins later than this: somebody waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>A wait that the vault asks for and that a caller is made to wait, at most.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    private readonly KeyServiceCircuit _circuit = new(key, clock);

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <exception cref="KeyServiceException">It did not work, or was not tried.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(call, cancellation);
            }
            catch (KeyServiceException away) when (away.IsTransient && attempt < Attempts && WaitAfter(away, attempt) is var wait && wait <= LongestWait && clock.GetElapsedTime(begun) + wait < Patience)
            {
                await Task.Delay(wait, clock, cancellation);
            }
        }
    }

    private static TimeSpan WaitAfter(KeyServiceException away, int attempt) => away.RetryAfter ?? FirstWait * (1 << (attempt - 1));

    private async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        _circuit.Enter();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        try
        {
            var answer = await call(limit.Token);
            _circuit.Answered();
            KeyMetrics.Called("answered");
            return answer;
        }
        catch (Exception over) when (cancellation.IsCancellationRequested && over is not (KeyUnwrapException or KeyRefusedException))
        {
            _circuit.Abandoned();
            cancellation.ThrowIfCancellationRequested();
            throw new UnreachableException();
        }
        catch (Exception refused) when (refused is KeyUnwrapException or KeyRefusedException)
        {
            _circuit.Answered();
            KeyMetrics.Called("refused");
            throw;
        }
        catch (Exception failed)
        {
            var away = failed as KeyServiceException ?? new KeyServiceException(key, failed is OperationCanceledException or TimeoutException ? $"it did not answer within {Timeout.TotalSeconds:0.#} s" : failed.GetBaseException().Message, failed);
            _circuit.Failed(away);
            KeyMetrics.Called("failed");
            throw away == failed ? Rethrown(failed) : away;
        }
    }

    private static Exception Rethrown(Exception failed)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed);
        return failed;
    }
}
