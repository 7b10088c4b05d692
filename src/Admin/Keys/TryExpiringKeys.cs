using System.Security.Cryptography;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Keys;

/// <summary>Whether keys that expire can be made, used and destroyed beside a location's key: one is, for trial. A role that lacks one of the three is found out before anything depends on it.</summary>
internal sealed class TryExpiringKeys(NamedKeys keys, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <param name="location">Its name, which is part of the trial key's.</param>
    /// <param name="key">Name in <c>Keys</c> of the location's key; null: the server's own.</param>
    /// <returns>Why they cannot, in words; null: they can, and nothing is left of the trial.</returns>
    public async Task<string?> RunAsync(string location, string? key, CancellationToken cancellation)
    {
        var beside = key is null ? "the server's own key" : $"the key '{key}'";
        var trial = $"sr-{location}-trial-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        using var limit = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var (failed, left) = (await FailureAsync(() => UseAsync(keys.StoreBeside(key), trial, both.Token), cancellation), (string?)null);
        if (await FailureAsync(() => keys.StoreBeside(key).DestroyAsync(trial, both.Token), cancellation) is { } notDestroyed)
        {
            (failed, left) = (failed ?? notDestroyed, $" The key '{trial}', which was made for trial, may be left there: remove it.");
        }

        return failed is null ? null
            : $"Keys that expire cannot be made, used and destroyed beside {beside}: {failed}{left} Give the server the role that such keys need there (deploy/keys/), or leave expiring keys off.";
    }

    private static async Task UseAsync(IKeyStore store, string name, CancellationToken cancellation)
    {
        var made = await store.CreateAsync(name, cancellation);
        using var closing = made as IDisposable;
        using var wrapped = DataKey.Create();
        using var opened = await made.UnwrapAsync(made.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, wrapped), cancellation);
        if (!opened.HasSameBytesAs(wrapped)) { throw new KeyRefusedException($"what '{name}' unwraps is not what was wrapped for it."); }
    }

    /// <returns>Why it failed, as a sentence; null: it did not.</returns>
    private static async Task<string?> FailureAsync(Func<Task> step, CancellationToken cancellation)
    {
        try
        {
            await step();
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"its store did not answer within {Patience.TotalSeconds:0} seconds.";
        }
        catch (Exception refused) when (refused is StartRefusedException or KeyServiceException or KeyRefusedException or KeyUnwrapException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            return refused.Message.TrimEnd('.') + '.';
        }
    }
}
