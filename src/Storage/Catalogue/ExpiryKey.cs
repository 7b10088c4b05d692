using System.ComponentModel.DataAnnotations;
using SecureRecorder.Storage.Keys.Expiry;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>The key encryption key of what expires in one month in one location. It is destroyed when that month is over and nothing hangs on it any more.</summary>
/// <remarks>The row is there before the key is made in its store, so that a key is never forgotten there.</remarks>
public sealed class ExpiryKey
{
    public const int NameLimit = 60;

    public required Guid Id { get; init; }
    [MaxLength(StorageLocation.NameLimit)] public required string Location { get; init; }

    /// <summary><see cref="ExpiryMonth.Number"/>.</summary>
    public required int Month { get; init; }

    /// <summary>Name in its store.</summary>
    [MaxLength(NameLimit)] public required string Name { get; init; }

    /// <summary>Name in <c>Keys</c> of the key beside which it was made; null: beside the server's own.</summary>
    [MaxLength(StorageLocation.NameLimit)] public string? Beside { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>As key files name it; null: it is not made yet.</summary>
    [MaxLength(KeyPass.KidLimit)] public string? Kid { get; set; }

    /// <summary><see cref="ExpiryKeyRecord"/>, signed: whoever can write into the catalogue does not choose whom recorders seal for.</summary>
    public string? Record { get; set; }

    /// <summary>Since when its destruction was begun.</summary>
    public DateTimeOffset? DestroyingSince { get; set; }

    /// <summary>Since when nothing unwraps with it.</summary>
    public DateTimeOffset? DestroyedAt { get; set; }

    /// <summary>Until then the owner of its store could still bring it back; null: nobody can.</summary>
    public DateTimeOffset? RecoverableUntil { get; set; }

    /// <summary><see cref="KeyDestructionCertificate"/>, signed.</summary>
    public string? Certificate { get; set; }
}
