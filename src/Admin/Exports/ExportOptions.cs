using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Exports;

/// <summary>Whether recordings may leave the server, and how. Section <c>Exports</c>; checked before the host starts.</summary>
public sealed class ExportOptions
{
    public const string Section = "Exports";

    /// <summary>Whether anybody may ask for an export at all. Default: no.</summary>
    public bool Allowed { get; init; }

    /// <summary>Whether viewer, time and the export's number are burned into the video, which encodes it anew. Default: yes.</summary>
    public bool Watermark { get; init; } = true;

    /// <summary>Hours that a finished export stays, sealed, for its requester: 1 to 24, default 24.</summary>
    [Range(1, 24)] public int KeptHours { get; init; } = 24;

    /// <summary>How often it may be downloaded; one that breaks off counts: 1 to 10, default 1.</summary>
    [Range(1, 10)] public int Downloads { get; init; } = 1;

    /// <summary>The ffmpeg of this server: a name in its PATH or a whole path, at most 400 characters. Default <c>ffmpeg</c>.</summary>
    [Required]
    [StringLength(400)]
    public string Ffmpeg { get; init; } = "ffmpeg";
}

[OptionsValidator]
internal sealed partial class ExportOptionsValidator : IValidateOptions<ExportOptions>;
