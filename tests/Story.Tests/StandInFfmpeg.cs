using System.Diagnostics;
using System.Globalization;

namespace SecureRecorder.Story.Tests;

/// <summary>What a server takes for its ffmpeg: it writes the beginning of a video and hangs, until it is told to be the real one. It outlives a server that is killed, and is ended by its id.</summary>
internal sealed class StandInFfmpeg : IDisposable
{
    /// <summary>What the video that is never finished begins with.</summary>
    public const string Canary = "a picture of a heron";

    /// <summary>Bytes that follow it and hardly get smaller: more than one sealed segment of the zip.</summary>
    private const int Length = 3 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("stand-in-ffmpeg-").FullName;

    public StandInFfmpeg()
    {
        File.WriteAllText(Program, $"""
            #!/bin/sh
            if [ "$2" = -version ] || [ -e '{Whole}' ]; then exec ffmpeg "$@"; fi
            printf '%s' '{Canary}'
            head -c {Length} /dev/urandom
            echo $$ > '{Hangs}.new' && mv '{Hangs}.new' '{Hangs}'
            exec sleep 600
            """);
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>For <c>Exports:Ffmpeg</c>.</summary>
    public string Program => Path.Combine(_folder, "ffmpeg");

    /// <summary>Whether it has begun a video that it does not go on with.</summary>
    public bool IsHanging => File.Exists(Hangs);

    private string Hangs => Path.Combine(_folder, "hangs");
    private string Whole => Path.Combine(_folder, "whole");

    /// <summary>From its next start on it is the real one.</summary>
    public void BeTheRealOne() => File.WriteAllText(Whole, "");

    public void Dispose()
    {
        if (IsHanging) { End(int.Parse(File.ReadAllText(Hangs), CultureInfo.InvariantCulture)); }
        Directory.Delete(_folder, recursive: true);
    }

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            if (process.ProcessName == "sleep") { process.Kill(); } // an id is given to others too, later
        }
        catch (ArgumentException) { } // it has ended
    }
}
