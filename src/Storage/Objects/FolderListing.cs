namespace SecureRecorder.Storage.Objects;

/// <summary>Walks a folder in the order in which S3 lists a bucket: by whole names, ordinal.</summary>
internal static class FolderListing
{
    /// <summary>Objects whose names begin with <paramref name="prefix"/> and follow <paramref name="startAfter"/>; folders that can hold none are not read.</summary>
    public static IEnumerable<(string Name, FileInfo File)> Walk(string root, string prefix, string? startAfter) =>
        Walk(new DirectoryInfo(root), "", prefix, startAfter);

    private static IEnumerable<(string Name, FileInfo File)> Walk(DirectoryInfo folder, string path, string prefix, string? startAfter)
    {
        // 'a-b' sorts before 'a/…' in a bucket, so folders are compared with their slash
        var entries = Read(folder)
            .Select(entry => (Name: path + entry.Name + (entry is DirectoryInfo ? "/" : ""), Entry: entry))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal);
        foreach (var (name, entry) in entries)
        {
            if (entry is FileInfo file)
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal) && ObjectName.IsValid(name)
                    && (startAfter is null || string.CompareOrdinal(name, startAfter) > 0))
                {
                    yield return (name, file);
                }
            }
            else if (MayHold(name, prefix) && !IsBefore(name, startAfter))
            {
                foreach (var found in Walk((DirectoryInfo)entry, name, prefix, startAfter)) { yield return found; }
            }
        }
    }

    private static FileSystemInfo[] Read(DirectoryInfo folder)
    {
        try { return folder.GetFileSystemInfos(); }
        catch (DirectoryNotFoundException) { return []; } // deleted meanwhile
    }

    private static bool MayHold(string folder, string prefix) =>
        !folder.StartsWith('.') && (folder.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(folder, StringComparison.Ordinal));

    private static bool IsBefore(string folder, string? startAfter) =>
        startAfter is not null && string.CompareOrdinal(folder, startAfter) < 0 && !startAfter.StartsWith(folder, StringComparison.Ordinal);
}
