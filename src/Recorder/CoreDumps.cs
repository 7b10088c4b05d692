using System.Runtime.InteropServices;

namespace SecureRecorder.Recorder;

/// <summary>Keeps screen content out of crash dumps, of this process and of ffmpeg, which inherits the limit.</summary>
internal static partial class CoreDumps
{
    private const int LinuxResource = 4; // RLIMIT_CORE, on Linux and macOS alike

    /// <summary>
    /// Limits core files to one byte: too little for a file, and the one value at which Linux does not even start a dump
    /// handler that is named by a pipe (core(5)). .NET's own dumps (DOTNET_DbgEnableMiniDump) are off unless somebody turns them on.
    /// </summary>
    public static void Refuse()
    {
        if (OperatingSystem.IsWindows()) { return; }

        var limit = new Limit { Current = 1, Maximum = 1 };
        _ = SetLimit(LinuxResource, in limit);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Current;
        public ulong Maximum;
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int SetLimit(int resource, in Limit limit);
}
