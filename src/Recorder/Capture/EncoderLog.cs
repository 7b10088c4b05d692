using System.Globalization;
using System.Text.RegularExpressions;

namespace SecureRecorder.Recorder.Capture;

/// <summary>What ffmpeg prints: the wall-clock time of its first frame, and its last lines for when it dies. It never prints what is on the screen.</summary>
internal sealed partial class EncoderLog(RunClock clock)
{
    private const int Kept = 8;
    private const int LongestLine = 300;

    private readonly Queue<string> _lines = new();

    /// <summary>The last lines, newest last.</summary>
    public string LastLines { get { lock (_lines) { return string.Join(" | ", _lines); } } }

    /// <summary>Reads until ffmpeg closes its standard error.</summary>
    public async Task ReadAsync(StreamReader errors)
    {
        while (await errors.ReadLineAsync() is { } line)
        {
            if (clock.FirstFrameUtc is null && FirstFrame().Match(line) is { Success: true } match)
            {
                var seconds = decimal.Parse(match.Groups["seconds"].ValueSpan, NumberStyles.Number, CultureInfo.InvariantCulture);
                clock.FirstFrameUtc = seconds < MaximumUnixSeconds ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
            }

            if (line.Length == 0 || line.StartsWith("[libx264", StringComparison.Ordinal)) { continue; } // its statistics say nothing of a fault
            lock (_lines)
            {
                _lines.Enqueue(line.Length > LongestLine ? line[..LongestLine] : line.Trim());
                if (_lines.Count > Kept) { _lines.Dequeue(); }
            }
        }
    }

    private const decimal MaximumUnixSeconds = 253_000_000_000m; // the year 9987

    [GeneratedRegex(@"^\s*Duration: N/A, start: (?<seconds>[0-9]{1,15}\.[0-9]{1,9})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FirstFrame();
}
