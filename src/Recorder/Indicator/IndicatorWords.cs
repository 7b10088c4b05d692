namespace SecureRecorder.Recorder.Indicator;

/// <summary>The indicator's words in one language. At most 39 characters a line, 34 a title: the window is small.</summary>
internal sealed record IndicatorWords
{
    private static readonly IndicatorWords English = new()
    {
        Waiting = "Not recording: waiting",
        WaitingDetail = "Nothing is captured before you consent.",
        Recording = since => $"RECORDING since {since}",
        RecordingDetail = "This screen is being recorded.",
        PausedByPerson = "Paused by the recorded person",
        PausedByTechnician = "Paused by the technician",
        Interrupted = "Not recording: interrupted",
        PausedDetail = "Nothing is captured now.",
        Over = "Recording has ended",
        OverDetail = "Nothing is captured any more.",
        Who = who => $"By: {who}",
        Stop = "Stop recording",
    };

    private static readonly IndicatorWords German = new()
    {
        Waiting = "Keine Aufzeichnung: Warten",
        WaitingDetail = "Vor Ihrer Einwilligung nichts erfasst.",
        Recording = since => $"AUFZEICHNUNG seit {since}",
        RecordingDetail = "Dieser Bildschirm wird aufgezeichnet.",
        PausedByPerson = "Pausiert von der Person",
        PausedByTechnician = "Pausiert vom Support",
        Interrupted = "Keine Aufzeichnung: Unterbrochen",
        PausedDetail = "Es wird gerade nichts erfasst.",
        Over = "Aufzeichnung beendet",
        OverDetail = "Es wird nichts mehr erfasst.",
        Who = who => $"Durch: {who}",
        Stop = "Aufzeichnung beenden",
    };

    private static readonly IndicatorWords French = new()
    {
        Waiting = "Pas d'enregistrement : attente",
        WaitingDetail = "Rien n'est capté avant votre accord.",
        Recording = since => $"ENREGISTREMENT depuis {since}",
        RecordingDetail = "Cet écran est enregistré.",
        PausedByPerson = "En pause (par la personne)",
        PausedByTechnician = "En pause (par le technicien)",
        Interrupted = "Enregistrement interrompu",
        PausedDetail = "Rien n'est capté en ce moment.",
        Over = "Enregistrement terminé",
        OverDetail = "Plus rien n'est capté.",
        Who = who => $"Par : {who}",
        Stop = "Terminer l'enregistrement",
    };

    private static readonly IndicatorWords Spanish = new()
    {
        Waiting = "Sin grabar: en espera",
        WaitingDetail = "Nada se capta sin su consentimiento.",
        Recording = since => $"GRABANDO desde las {since}",
        RecordingDetail = "Esta pantalla se está grabando.",
        PausedByPerson = "En pausa (por la persona)",
        PausedByTechnician = "En pausa (por el técnico)",
        Interrupted = "Grabación interrumpida",
        PausedDetail = "Ahora no se capta nada.",
        Over = "Grabación terminada",
        OverDetail = "Ya no se capta nada.",
        Who = who => $"Por: {who}",
        Stop = "Terminar la grabación",
    };

    public required string Waiting { get; init; }
    public required string WaitingDetail { get; init; }

    /// <summary>The time of day since when.</summary>
    public required Func<string, string> Recording { get; init; }

    public required string RecordingDetail { get; init; }
    public required string PausedByPerson { get; init; }
    public required string PausedByTechnician { get; init; }
    public required string Interrupted { get; init; }
    public required string PausedDetail { get; init; }
    public required string Over { get; init; }
    public required string OverDetail { get; init; }
    public required Func<string, string> Who { get; init; }
    public required string Stop { get; init; }

    /// <summary>The words of a language (<c>de-AT</c>, <c>de_AT.UTF-8</c>); of an unknown one the English ones.</summary>
    public static IndicatorWords Of(string language) => language.Split('-', '_', '.')[0].ToLowerInvariant() switch
    {
        "de" => German,
        "fr" => French,
        "es" => Spanish,
        _ => English,
    };
}
