using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A label of the organization's own list: what a session is about, and the right to watch it may be given by. Sessions hold its name, so a name is never changed and never given again.</summary>
public sealed class SessionLabel
{
    /// <summary>Characters of a name.</summary>
    public const int NameLimit = 60;

    [MaxLength(NameLimit)] public required string Name { get; init; }

    /// <summary>The name in capitals: two labels that differ in nothing else are one.</summary>
    [MaxLength(NameLimit)] public required string NormalizedName { get; init; }

    /// <summary>Whether watching needs the approval of a second person. It can be switched on, for all sessions that there are, and never off: what was recorded under it stays protected.</summary>
    public bool IsSensitive { get; set; }

    /// <summary>Since when it is not offered for new sessions; null: it is. Rights by it go on to hold.</summary>
    public DateTimeOffset? RetiredAt { get; set; }
}
