namespace SecureRecorder.Recorder;

/// <summary>What the recorder tells its user: lines, and on a real terminal one line of progress that is rewritten in place. Safe for concurrent use.</summary>
/// <param name="interactive">Whether <paramref name="output"/> is a terminal.</param>
internal sealed class Terminal(TextWriter output, TextWriter errors, bool interactive)
{
    private readonly Lock _gate = new();
    private int _shown; // characters of the progress line

    public bool IsInteractive => interactive;

    public void Say(string line) => Write(output, line);

    public void Warn(string line) => Write(errors, line);

    /// <summary>Shows the progress line; on anything but a terminal nothing.</summary>
    public void Progress(string line)
    {
        if (!interactive) { return; }
        lock (_gate)
        {
            output.Write('\r' + line.PadRight(_shown));
            output.Flush();
            _shown = line.Length;
        }
    }

    private void Write(TextWriter writer, string line)
    {
        lock (_gate)
        {
            if (_shown > 0)
            {
                output.Write('\r' + new string(' ', _shown) + '\r');
                output.Flush();
                _shown = 0;
            }

            writer.WriteLine(line);
            writer.Flush();
        }
    }
}
