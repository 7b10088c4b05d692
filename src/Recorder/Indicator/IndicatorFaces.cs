using System.Globalization;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Indicator;

/// <summary>What the indicator says of a recording, in the recorded person's language: before their consent in that of this machine.</summary>
/// <param name="serverHost">Who is named while no consent says who records.</param>
internal sealed class IndicatorFaces(string serverHost, TimeProvider time)
{
    private static readonly string[] Locale = ["LC_ALL", "LC_MESSAGES", "LANG"];

    private DateTimeOffset _since;
    private bool _isRecording;

    /// <summary>Before anything is known.</summary>
    public IndicatorFace Waiting => Face(IndicatorTone.Waiting, null, words => (words.Waiting, words.WaitingDetail));

    /// <summary>What follows from the permission. While it lasts nothing of it changes, so that it costs nothing in the recording.</summary>
    public IndicatorFace Of(Permission permission, Consent? consent)
    {
        if (permission.May && !_isRecording) { _since = time.GetLocalNow(); }
        _isRecording = permission.May;
        return permission switch
        {
            { May: true } => Face(IndicatorTone.Recording, consent, words => (words.Recording(_since.ToString("HH:mm", CultureInfo.InvariantCulture)), words.RecordingDetail)),
            { Reason: GapReason.AwaitingConsent } => Face(IndicatorTone.Waiting, consent, words => (words.Waiting, words.WaitingDetail)),
            { Reason: GapReason.PausedByPerson } => Face(IndicatorTone.Paused, consent, words => (words.PausedByPerson, words.PausedDetail)),
            { Reason: GapReason.PausedByTechnician } => Face(IndicatorTone.Paused, consent, words => (words.PausedByTechnician, words.PausedDetail)),
            _ => Face(IndicatorTone.Paused, consent, words => (words.Interrupted, words.PausedDetail)),
        };
    }

    /// <summary>Nothing is captured any more.</summary>
    public IndicatorFace Over(Consent? consent) => Face(IndicatorTone.Over, consent, words => (words.Over, words.OverDetail)) with { Stop = null };

    private IndicatorFace Face(IndicatorTone tone, Consent? consent, Func<IndicatorWords, (string Title, string Detail)> say)
    {
        var words = IndicatorWords.Of(consent?.Receipt.Notice.Language ?? LanguageOfThisMachine());
        var (title, detail) = say(words);
        return new(tone, title, detail, words.Who(consent?.Receipt.Controller.ReplaceLineEndings(" ") ?? serverHost), words.Stop);
    }

    private static string LanguageOfThisMachine() =>
        Locale.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "en";
}
