using System.Buffers.Binary;
using System.Text;

namespace SecureRecorder.Recorder.Capture;

/// <summary>What an X server shows: sizes, monitors, windows.</summary>
internal sealed class X11Windows(X11Connection x)
{
    private const int DeepestSearch = 4; // a window manager's frames lie between the root and a program's window

    /// <summary>The rectangle of a window within its parent; <see langword="null"/>: there is no such window.</summary>
    public ScreenRegion? GeometryOf(uint window) => x.Ask(14, 0, window) is { } reply
        ? new(Word(reply, 16), Word(reply, 18), (short)Word(reply, 12), (short)Word(reply, 14))
        : null;

    /// <summary>Whether a window is on the screen now.</summary>
    public bool IsShown(uint window) => x.Ask(3, 0, window) is { } reply && reply[26] == 2 && Word(reply, 12) == 1;

    /// <summary>Monitors in the server's order. Empty: the server knows none (no RandR 1.5).</summary>
    public IReadOnlyList<X11Monitor> Monitors()
    {
        if (x.Ask(98, 0, "RANDR") is not { } extension || extension[8] == 0) { return []; }

        var randr = extension[9];
        if (x.Ask(randr, 0, 1, 5) is null || x.Ask(randr, 42, x.Root, 1) is not { } reply) { return []; }

        List<X11Monitor> monitors = [];
        var at = 32;
        for (var left = BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(12)); left > 0; left--)
        {
            monitors.Add(new(NameOf(Long(reply, at)), new(Word(reply, at + 12), Word(reply, at + 14), (short)Word(reply, at + 8), (short)Word(reply, at + 10))));
            at += 24 + Word(reply, at + 6) * 4;
        }

        return monitors;
    }

    /// <summary>Whether this is Xwayland, whose screen is not what the person sees.</summary>
    public bool IsXwayland() =>
        (x.Ask(98, 0, "XWAYLAND") is { } extension && extension[8] != 0) || Monitors().Any(monitor => monitor.Name.StartsWith("XWAYLAND", StringComparison.Ordinal));

    /// <summary>Windows on the screen that have a title.</summary>
    public IReadOnlyList<(uint Id, string Title)> Titled()
    {
        List<(uint, string)> found = [];
        Search(x.Root, DeepestSearch, found);
        return found;
    }

    private void Search(uint parent, int depth, List<(uint, string)> found)
    {
        if (depth == 0 || x.Ask(15, 0, parent) is not { } tree) { return; }

        for (int child = 0, count = Word(tree, 16); child < count; child++)
        {
            var window = Long(tree, 32 + child * 4);
            if (!IsShown(window)) { continue; }
            if (TitleOf(window) is { Length: > 0 } title) { found.Add((window, title)); } else { Search(window, depth - 1, found); }
        }
    }

    private string? TitleOf(uint window)
    {
        foreach (var property in new[] { "_NET_WM_NAME", "WM_NAME" })
        {
            if (x.Ask(16, 1, property) is { } atom && Long(atom, 8) is not 0 and var id
                && x.Ask(20, 0, window, id, 0, 0, 256) is { } value && value[1] == 8 && Long(value, 16) > 0)
            {
                return Encoding.UTF8.GetString(value, 32, (int)Math.Min(Long(value, 16), value.Length - 32));
            }
        }

        return null;
    }

    private string NameOf(uint atom) => x.Ask(17, 0, atom) is { } reply ? Encoding.Latin1.GetString(reply, 32, Word(reply, 8)) : "?";

    private static ushort Word(byte[] reply, int at) => BinaryPrimitives.ReadUInt16LittleEndian(reply.AsSpan(at));

    private static uint Long(byte[] reply, int at) => BinaryPrimitives.ReadUInt32LittleEndian(reply.AsSpan(at));
}

/// <summary>A monitor and where it lies on the display.</summary>
internal sealed record X11Monitor(string Name, ScreenRegion Area);
