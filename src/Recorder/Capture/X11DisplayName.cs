namespace SecureRecorder.Recorder.Capture;

/// <summary><c>host:number.screen</c>; no host: this machine.</summary>
internal sealed record X11DisplayName(string Host, int Number, int Screen)
{
    /// <exception cref="CannotCaptureException">Not the name of a display.</exception>
    public static X11DisplayName Parse(string display)
    {
        var match = System.Text.RegularExpressions.Regex.Match(
            display, "^(?:(?<host>[^/:]*)|unix|.*/unix):(?<number>[0-9]{1,5})(?:\\.(?<screen>[0-9]{1,3}))?$",
            System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!match.Success) { throw new CannotCaptureException($"'{display}' is not the name of an X display; one looks like ':0'."); }
        var host = match.Groups["host"].Value is "unix" ? "" : match.Groups["host"].Value;
        return new(host, int.Parse(match.Groups["number"].ValueSpan), match.Groups["screen"].Success ? int.Parse(match.Groups["screen"].ValueSpan) : 0);
    }

    public override string ToString() => Screen == 0 ? $"{Host}:{Number}" : $"{Host}:{Number}.{Screen}";
}
