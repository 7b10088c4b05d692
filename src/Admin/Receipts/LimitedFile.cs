namespace SecureRecorder.Admin.Receipts;

/// <summary>Reads a file that somebody else made: never more of it than it may have.</summary>
internal static class LimitedFile
{
    /// <returns>Its bytes, or <see langword="null"/> when there are more than the limit.</returns>
    public static byte[]? Read(string path, int limit)
    {
        using var file = File.OpenRead(path); // not its length: a pipe has none
        var bytes = new byte[limit + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length > limit ? null : bytes[..length];
    }
}
