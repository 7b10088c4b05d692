namespace SecureRecorder.Storage.Sealing;

/// <summary>The name of a track: 1 to <see cref="MaximumLength"/> characters of <c>a-z0-9-</c>.</summary>
/// <remarks>Source: FORMAT.md §1 and §6.</remarks>
public readonly record struct TrackName
{
    /// <summary>Characters, and bytes, that a name has at most.</summary>
    public const int MaximumLength = 32;

    public static readonly TrackName Video = new("video");
    public static readonly TrackName Thumbnails = new("thumbnails");
    public static readonly TrackName Chat = new("chat");
    public static readonly TrackName Events = new("events");
    public static readonly TrackName Consent = new("consent");

    private readonly string? _value;

    /// <exception cref="ArgumentException">Not a track's name.</exception>
    public TrackName(string value)
    {
        if (!IsValid(value))
        {
            throw new ArgumentException($"'{value}' is not a track's name: 1 to {MaximumLength} characters of a-z, 0-9 and '-'.", nameof(value));
        }

        _value = value;
    }

    public string Value => _value ?? throw new InvalidOperationException("This track has no name.");

    public static bool IsValid(string? value) =>
        value is { Length: > 0 and <= MaximumLength } && value.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    public override string ToString() => Value;
}
