using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SecureRecorder.Storage.Objects;

/// <summary>What .NET does not offer and put-once needs: giving a file a name that must be free, and making folders durable.</summary>
internal static class DurableFile
{
    private const int NoSuchFile = 2;
    private const int Exists = 17;
    private const int CloseOnExec = 0x80000;
    private const DllImportSearchPath SystemLibraries = DllImportSearchPath.SafeDirectories;

    /// <summary>Gives a written file its final name, at once and durably. <see langword="false"/>: the name is taken, nothing happened.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder of <paramref name="target"/> is gone.</exception>
    /// <exception cref="IOException">The file system cannot do it; HResult is the system's error number.</exception>
    public static bool TryPublish(string source, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            try { File.Move(source, target, overwrite: false); return true; }
            catch (IOException) when (File.Exists(target)) { return false; }
        }

        if (Link(source, target) != 0) // rename would overwrite
        {
            var error = Marshal.GetLastPInvokeError();
            return error switch
            {
                Exists when File.Exists(target) => false,
                NoSuchFile => throw new DirectoryNotFoundException($"The folder of {target} is gone."),
                _ => throw new IOException($"{target} could not be linked: {new Win32Exception(error).Message}.", error),
            };
        }

        try { SyncFolder(Path.GetDirectoryName(target)!); }
        catch (DirectoryNotFoundException) { } // it had its name, and was deleted with its folder since: it is not published again
        return true;
    }

    /// <summary>Puts a written file in the place of another one, at once and durably.</summary>
    public static void Replace(string source, string target)
    {
        File.Move(source, target, overwrite: true);
        if (!OperatingSystem.IsWindows()) { SyncFolder(Path.GetDirectoryName(target)!); }
    }

    /// <summary>Creates a folder and what is missing above it, down from an existing root, so that it survives a power cut.</summary>
    /// <exception cref="DirectoryNotFoundException">What is above it was taken away meanwhile.</exception>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) { return; }

        var parent = Path.GetDirectoryName(path)!;
        CreateFolder(parent);
        if (OperatingSystem.IsWindows()) { Directory.CreateDirectory(path); return; }

        try { Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); }
        catch (IOException gone) when (!File.Exists(path)) { throw new DirectoryNotFoundException($"The folder {path} was there and is gone.", gone); } // .NET calls it a file that exists
        SyncFolder(parent);
    }

    private static void SyncFolder(string path)
    {
        var handle = Open(path, OperatingSystem.IsLinux() ? CloseOnExec : 0);
        if (handle < 0) { throw Failure("opened", path); }

        try
        {
            if (Sync(handle) != 0) { throw Failure("written to disk", path); }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException Failure(string deed, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchFile ? new DirectoryNotFoundException($"The folder {path} is gone.") : new IOException($"The folder {path} could not be {deed}: {new Win32Exception(error).Message}.", error);
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true), DefaultDllImportSearchPaths(SystemLibraries)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string target);

    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(SystemLibraries)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(SystemLibraries)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close"), DefaultDllImportSearchPaths(SystemLibraries)]
    private static extern int Close(int handle);
}
