namespace SecureRecorder.Recorder.Indicator;

/// <summary>What shows on the recorded screen, all the time, that it is recorded, and where the person there can stop it.</summary>
internal interface IIndicator : IAsyncDisposable
{
    /// <summary>Why nothing may be captured any more: stopped there, or gone. <see langword="null"/>: it is there.</summary>
    IndicatorEnd? End { get; }

    /// <summary>Called when <see cref="End"/> is set.</summary>
    Action? Ended { get; set; }

    /// <summary>Shows this; completes when it is on the screen, or when the indicator is gone.</summary>
    Task ShowAsync(IndicatorFace face);
}

/// <summary>What the indicator says.</summary>
/// <param name="Title">The state, in a word or two.</param>
/// <param name="Detail">What it means, in a line.</param>
/// <param name="Who">Who records, in a line.</param>
/// <param name="Stop">What the button says that stops it; <see langword="null"/>: there is nothing to stop any more.</param>
internal sealed record IndicatorFace(IndicatorTone Tone, string Title, string Detail, string Who, string? Stop);

/// <summary>Its colour and sign. The words say the same.</summary>
internal enum IndicatorTone
{
    /// <summary>Nothing is captured yet.</summary>
    Waiting,

    Recording,

    /// <summary>Nothing is captured now.</summary>
    Paused,

    /// <summary>Nothing is captured any more.</summary>
    Over,
}

/// <summary>Why nothing may be captured any more.</summary>
/// <param name="Message">For people.</param>
internal sealed record IndicatorEnd(string Message);
