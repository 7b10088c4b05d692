namespace SecureRecorder.Storage.Objects;

/// <summary>Turns what the file system says into the faults of a store.</summary>
internal static class FolderFault
{
    private const int PermissionDenied = 13;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int OverQuota = 122; // Linux
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static bool IsFromTheFileSystem(Exception failure) =>
        failure is IOException and not ObjectStoreException and not CutBodyException or UnauthorizedAccessException;

    public static ObjectStoreException Translate(string operation, string name, string root, Exception failure)
    {
        var fault = failure switch
        {
            _ when !Directory.Exists(root) => ObjectStoreFault.BucketMissing,
            UnauthorizedAccessException or { HResult: PermissionDenied or ReadOnlyFileSystem } => ObjectStoreFault.Denied,
            { HResult: NoSpace or OverQuota or WindowsDiskFull } => ObjectStoreFault.Full,
            _ => ObjectStoreFault.Unavailable,
        };
        var answer = fault == ObjectStoreFault.BucketMissing ? "the folder does not exist" : failure.Message;
        return new($"{operation} of '{name}' in folder {root}: {answer}", fault, failure);
    }
}
