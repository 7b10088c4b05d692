using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>What servers answer about the Object Lock of a version: none of them says "there is none" in the same way.</summary>
internal static class S3Lock
{
    private static readonly string[] None = ["NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "InvalidRequest", "InvalidArgument", "MethodNotAllowed", "NotImplemented", "NoSuchVersion", "NoSuchKey"];

    public static async Task<T?> OrNothingAsync<T>(Func<Task<T>> ask) where T : class
    {
        try { return await ask(); }
        catch (AmazonS3Exception none) when (None.Contains(none.ErrorCode, StringComparer.Ordinal)) { return null; }
    }

    public static ObjectLock? Of(ObjectLockRetention? retention, ObjectLockLegalHold? hold)
    {
        var until = retention?.RetainUntilDate is { } date && date > DateTime.UnixEpoch ? new DateTimeOffset(date.ToUniversalTime()) : (DateTimeOffset?)null;
        var held = hold?.Status == ObjectLockLegalHoldStatus.On;
        return until is null && !held ? null : new(until, held);
    }
}
