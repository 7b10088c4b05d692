using System.Text;

namespace SecureRecorder.Storage.Keys;

/// <summary>Files that hold a secret: created with mode 0600, refused when anybody but their owner can read or write them.</summary>
public static class OwnerOnlyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates the file, and its folder with mode 0700. Never overwrites.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public static void Create(string path, string content)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) { options.UnixCreateMode = OwnerOnly; }
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(content));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads the file. <paramref name="what"/> names its content in a refusal.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">Others than its owner can read or write it.</exception>
    public static string Read(string path, string what)
    {
        if (!File.Exists(path)) { throw new FileNotFoundException($"The {what} '{path}' does not exist.", path); }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) is var open and not UnixFileMode.None)
        {
            throw new UnauthorizedAccessException($"The {what} '{path}' is open to others ({open}); only its owner may read it. Run: chmod 600 '{path}'");
        }

        return File.ReadAllText(path);
    }
}
