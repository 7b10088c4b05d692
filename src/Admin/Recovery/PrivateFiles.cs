namespace SecureRecorder.Admin.Recovery;

/// <summary>Files and folders of what was opened: for their owner alone from the moment that they exist.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode File0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder0700 = File0600 | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, or takes the access of others away from one that is there.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) { Directory.CreateDirectory(path); }
        else if (Directory.Exists(path)) { File.SetUnixFileMode(path, Folder0700); }
        else { Directory.CreateDirectory(path, Folder0700); }
    }

    /// <summary>A new file, open for writing.</summary>
    public static FileStream Create(string path, FileMode mode = FileMode.CreateNew)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) { options.UnixCreateMode = File0600; }
        return new(path, options);
    }

    /// <summary>Writes a whole file, on the disk when this returns, under its name at once or not at all.</summary>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var unfinished = path + ".part";
        File.Delete(unfinished);
        await using (var file = Create(unfinished))
        {
            await file.WriteAsync(content, cancellation);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
