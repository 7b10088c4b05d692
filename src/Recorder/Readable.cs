namespace SecureRecorder.Recorder;

/// <summary>Sizes and times as people read and write them.</summary>
internal static class Readable
{
    private static readonly (string Unit, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40), ("B", 1),
    ];

    /// <summary><c>12 B</c>, <c>3.4 MiB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1L << 10 => $"{bytes} B",
        < 1L << 20 => $"{bytes / 1024.0:0.#} KiB",
        < 1L << 30 => $"{bytes / 1048576.0:0.#} MiB",
        _ => $"{bytes / 1073741824.0:0.##} GiB",
    };

    /// <summary><c>01:02:03</c>.</summary>
    public static string Time(double seconds) => TimeSpan.FromSeconds(Math.Max(0, Math.Floor(seconds))) is var time && time.TotalHours >= 100
        ? $"{(int)time.TotalHours}:{time:mm\\:ss}"
        : $"{(int)time.TotalHours:00}:{time:mm\\:ss}";

    /// <summary>Reads <c>500MB</c>, <c>2GiB</c>, <c>1048576</c>. Units in powers of 1024 (KiB, K) or 1000 (KB).</summary>
    public static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        var (unit, factor) = Units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase));
        var number = text.AsSpan(0, text.Length - (unit?.Length ?? 0)).Trim();
        if (!decimal.TryParse(number, System.Globalization.NumberStyles.AllowDecimalPoint, null, out var value)) { return false; }
        var product = (double)value * (factor == 0 ? 1 : factor);
        if (product is < 0 or > long.MaxValue / 2) { return false; }
        bytes = (long)product;
        return true;
    }
}
