using System.Text.RegularExpressions;

namespace SecureRecorder.Storage.Keys.Stores;

/// <summary>Where key encryption keys are made, found and destroyed for good: what was wrapped for a destroyed one never opens again, in no copy of the bucket.</summary>
/// <remarks>Every step can be repeated: what was made or destroyed already is not made or destroyed again.</remarks>
public interface IKeyStore : IDisposable
{
    /// <summary>What it is called in messages.</summary>
    string Id { get; }

    /// <summary>So long the store always keeps what was destroyed, for its owner to bring back; null: it says so of each, or keeps nothing.</summary>
    TimeSpan? KeepsDestroyed => null;

    /// <summary>Where a key of this name lies, for messages.</summary>
    string PlaceOf(string name) => $"{Id}: {name}";

    /// <summary>Makes an RSA key of <see cref="KeyName.SizeInBits"/> bits that can unwrap and nothing else, or finds the one of this name. Its public half is known. The caller disposes it.</summary>
    /// <exception cref="KeyRefusedException">No such name can be, or the one that there is cannot be a KEK.</exception>
    /// <exception cref="KeyServiceException">The vault does not do it now.</exception>
    Task<IKeyWrapper> CreateAsync(string name, CancellationToken cancellation);

    /// <returns><see langword="null"/>: there is none, or it was destroyed.</returns>
    /// <inheritdoc cref="CreateAsync" path="/exception"/>
    Task<IKeyWrapper?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>Destroys the key, every version of it.</summary>
    /// <inheritdoc cref="CreateAsync" path="/exception"/>
    Task<KeyDestruction> DestroyAsync(string name, CancellationToken cancellation);
}

/// <summary>What became of a key that was to be destroyed. From now on nothing unwraps with it.</summary>
/// <param name="Existed">Whether there was one to destroy.</param>
/// <param name="RecoverableUntil">Until then the vault's owner could still bring it back; <see langword="null"/>: nobody can.</param>
public sealed record KeyDestruction(bool Existed, DateTimeOffset? RecoverableUntil);

/// <summary>Names of keys in stores.</summary>
public static partial class KeyName
{
    /// <summary>Bits of the keys that stores make.</summary>
    public const int SizeInBits = 3072;

    /// <returns>The name.</returns>
    /// <exception cref="KeyRefusedException">Not one that every store takes.</exception>
    public static string Checked(string name) => Pattern().IsMatch(name) ? name
        : throw new KeyRefusedException($"'{name}' is no name for a key: it must be 1 to 60 characters of a-z, 0-9 and '-', and begin with a letter or a digit.");

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,59}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
