namespace SecureRecorder.Storage.Objects;

/// <summary>The organization's bucket, or a folder that mirrors one. Names are keys below the bucket, with <c>/</c>.</summary>
/// <remarks>
/// Every member throws <see cref="ObjectStoreException"/> when the store does not answer, denies or is full; what is
/// merely absent is <see langword="null"/> or empty. Contents are sealed or signed before they get here.
/// </remarks>
public interface IObjectStore
{
    /// <summary>Writes an object that must not exist yet. <see langword="false"/>: it exists already and was left as it is.</summary>
    /// <remarks>
    /// After a lost answer the object may be there although this caller wrote it: who tries again compares contents before
    /// calling it a conflict.
    /// </remarks>
    Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Writes an object anew that is what the caller read of it; older versions stay. <see langword="false"/>: it is gone, or is something else by now, and was left as it is.</summary>
    /// <remarks>For key files alone: nothing else is ever changed. Where a server ignores <c>If-Match</c>, of two writers at once the later one wins: the caller makes sure that there is one.</remarks>
    Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>The whole object, or <see langword="null"/>. Refuses objects above <paramref name="limitInBytes"/>.</summary>
    Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation);

    /// <summary>Bytes <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="length"/> − 1, cut at the object's end (empty beyond it); or <see langword="null"/>.</summary>
    Task<byte[]?> GetRangeAsync(string name, long offset, int length, CancellationToken cancellation);

    /// <summary>Size and time of an object, or <see langword="null"/>.</summary>
    Task<ObjectInfo?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>Objects whose names begin with <paramref name="prefix"/> and follow <paramref name="startAfter"/>, in ordinal order, read in pages.</summary>
    IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? startAfter, CancellationToken cancellation);

    /// <summary>Every version and delete marker below <paramref name="prefix"/>, read in pages.</summary>
    IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, CancellationToken cancellation);

    /// <summary>Deletes exactly these versions, in bulk. Returns those that remain, each with the store's reason.</summary>
    Task<IReadOnlyList<FailedDelete>> DeleteAsync(IReadOnlyCollection<ObjectVersion> versions, CancellationToken cancellation);

    /// <summary>What of the store's own keeps this version from being deleted, if anything does.</summary>
    Task<ObjectLock?> FindLockAsync(ObjectVersion version, CancellationToken cancellation);

    /// <summary>Uploads that were begun and never completed below <paramref name="prefix"/>.</summary>
    IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix, CancellationToken cancellation);

    /// <summary>Throws an unfinished upload away, with what it stored. One that is gone already is no error.</summary>
    Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellation);

    /// <summary>An address for one PUT of one object that does not exist yet, usable by anyone who holds it until it expires.</summary>
    UploadAddress PresignPut(string name, TimeSpan validity);

    /// <summary>
    /// Creates the bucket if it is missing and makes it private, as far as the server can. A bucket that holds objects
    /// already is only checked. Never widens access.
    /// </summary>
    /// <exception cref="ObjectStoreException">
    /// <see cref="ObjectStoreFault.Unsafe"/>: the bucket is public or in another region; nothing was changed.
    /// </exception>
    Task<ProvisionReport> ProvisionAsync(CancellationToken cancellation);

    /// <summary>Looks at the bucket as somebody without any credential would. Only <see cref="StrangerVerdict.Private"/> is safe to record into.</summary>
    Task<StrangerFinding> ProbeStrangerAsync(CancellationToken cancellation);
}

/// <summary>One object as listed. <paramref name="Size"/> in bytes.</summary>
public sealed record ObjectInfo(string Name, long Size, DateTimeOffset ModifiedAt);

/// <summary>One version of an object. <paramref name="VersionId"/> is <c>null</c> as text where the store keeps no versions.</summary>
public sealed record ObjectVersion(string Name, string VersionId, bool IsDeleteMarker, long Size);

/// <summary>A version that is still there after a delete, and why.</summary>
public sealed record FailedDelete(ObjectVersion Version, string Reason);

/// <summary>An Object Lock of the bucket's own on a version.</summary>
/// <param name="Until">Until when it is retained; null: it is not.</param>
/// <param name="IsHeld">Whether the bucket's own legal hold, which has no end, lies on it.</param>
public sealed record ObjectLock(DateTimeOffset? Until, bool IsHeld);

/// <summary>A multipart upload (S3) or a partial file (folder) that was never completed.</summary>
public sealed record UnfinishedUpload(string Name, string UploadId, DateTimeOffset BegunAt);

/// <summary>Where and how one object may be put: the request must carry exactly these headers.</summary>
public sealed record UploadAddress(Uri Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);

/// <summary>What provisioning did, found done, and could not do.</summary>
public sealed record ProvisionReport(bool Created, IReadOnlyList<ProvisionStep> Steps)
{
    /// <summary>Steps that the server refused or does not know.</summary>
    public IEnumerable<ProvisionStep> Missing => Steps.Where(step => !step.Done);
}

/// <summary>One measure (<c>public-access-block</c>, <c>owner-enforced</c>, <c>tls-only</c>, …) and how it went.</summary>
public sealed record ProvisionStep(string Measure, bool Done, string Detail);

/// <summary>What somebody without a credential could see of a bucket, and how that was found out.</summary>
public sealed record StrangerFinding(StrangerVerdict Verdict, string Detail);

/// <summary>Whether strangers can see into a bucket.</summary>
public enum StrangerVerdict
{
    /// <summary>It could not be told: never to be taken for private.</summary>
    Unknown,

    /// <summary>A stranger was refused.</summary>
    Private,

    /// <summary>A stranger could list the bucket or read an object.</summary>
    Public,
}

/// <summary>The store did not do what was asked. The message names the operation, the object and the store's answer.</summary>
public sealed class ObjectStoreException : IOException
{
    public ObjectStoreException() : this("The object store failed.", ObjectStoreFault.Unavailable) { }
    public ObjectStoreException(string message) : this(message, ObjectStoreFault.Unavailable) { }
    public ObjectStoreException(string message, Exception inner) : this(message, ObjectStoreFault.Unavailable, inner) { }
    public ObjectStoreException(string message, ObjectStoreFault fault, Exception? inner = null) : base(message, inner) => Fault = fault;

    /// <summary>What kind of failure it is, so that callers can tell "try again" from "ask the operator".</summary>
    public ObjectStoreFault Fault { get; }
}

/// <summary>Kinds of failure of an object store.</summary>
public enum ObjectStoreFault
{
    /// <summary>No answer, a cut connection or a 5xx: worth another try.</summary>
    Unavailable,

    /// <summary>The bucket does not exist.</summary>
    BucketMissing,

    /// <summary>The credential is wrong or lacks the right.</summary>
    Denied,

    /// <summary>A quota or the disk is full.</summary>
    Full,

    /// <summary>The object is larger than the caller accepts.</summary>
    TooLarge,

    /// <summary>The bucket is public, or in another region than its location says: nothing may be recorded there.</summary>
    Unsafe,

    /// <summary>The server does not accept the request as it is (another 4xx): the same request will not succeed later.</summary>
    Rejected,
}
