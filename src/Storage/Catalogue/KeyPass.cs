using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>That all data keys of a location are wrapped for one key encryption key: how far it has come. While one goes on, some may still hang on earlier keys.</summary>
public sealed class KeyPass
{
    /// <summary>Characters of <see cref="Kid"/>: a vault key's address.</summary>
    public const int KidLimit = 400;

    public required Guid Id { get; init; }

    /// <summary>Name of the location.</summary>
    [MaxLength(StorageLocation.NameLimit)] public required string Location { get; init; }

    /// <summary>The key that they are wrapped for, as key files name it.</summary>
    [MaxLength(KidLimit)] public required string Kid { get; init; }

    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>The last object of the audit trail that was looked at; null: none yet.</summary>
    [MaxLength(200)] public string? AuditAfter { get; set; }

    public bool AuditDone { get; set; }

    /// <summary>The last session that was looked at; null: none yet.</summary>
    public Guid? After { get; set; }

    /// <summary>The first session that could not be done and is looked at again, as all after it; null: there is none.</summary>
    public Guid? Again { get; set; }

    /// <summary>The last session of the batch that is in work: until <see cref="LeaseUntil"/> nothing after <see cref="After"/> and up to it is deleted.</summary>
    public Guid? Until { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Data keys that were wrapped anew.</summary>
    public long Rewrapped { get; set; }

    /// <summary>Data keys that no key at hand unwraps any more: they stay as they are.</summary>
    public long Unreadable { get; set; }

    /// <summary>Since when nothing hangs on earlier keys; null: it goes on.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>What a purge asks of passes.</summary>
public static class KeyPasses
{
    /// <summary>Sessions whose keys are being wrapped anew at the moment: whoever deletes them waits, so that none is put after it was deleted.</summary>
    public static IQueryable<RecordedSession> BeingRewrapped(this CatalogueDb catalogue, DateTimeOffset now) => catalogue.Sessions.Where(s =>
        catalogue.KeyPasses.Any(p => p.LeaseUntil > now && (p.After == null || p.After < s.Id) && p.Until >= s.Id)
        || catalogue.Tracks.Any(t => t.Session == s.Id && t.RewrapUntil > now));

    /// <summary>Whether the keys of this session are.</summary>
    public static Task<bool> IsBeingRewrappedAsync(this CatalogueDb catalogue, Guid session, DateTimeOffset now, CancellationToken cancellation) =>
        catalogue.BeingRewrapped(now).AnyAsync(s => s.Id == session, cancellation);
}
