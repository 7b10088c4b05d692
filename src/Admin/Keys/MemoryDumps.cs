using System.Runtime.InteropServices;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Keys;

/// <summary>Keeps unwrapped keys out of files that the system or the runtime writes of a process that crashes.</summary>
internal static partial class MemoryDumps
{
    private const int CoreResource = 4; // RLIMIT_CORE, on Linux and macOS alike

    private static readonly string[] Variables = ["DOTNET_DbgEnableMiniDump", "COMPlus_DbgEnableMiniDump"];

    /// <summary>Limits core files to one byte: too little for a file, and the one value at which Linux does not even start a dump handler that is named by a pipe (core(5)).</summary>
    /// <exception cref="StartRefusedException">The runtime's own dumps are on: they would hold keys, and do not heed that limit.</exception>
    public static void Refuse(Func<string, string?> environment)
    {
        if (Array.Find(Variables, variable => environment(variable)?.Trim() is { Length: > 0 } set && set != "0") is { } on)
        {
            throw new StartRefusedException($"The environment variable {on} is '{environment(on)}': a crash would write the keys in memory to a file. Take it away, or set it to 0.");
        }

        if (OperatingSystem.IsWindows()) { return; }

        var limit = new Limit { Current = 1, Maximum = 1 };
        _ = SetLimit(CoreResource, in limit);
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
