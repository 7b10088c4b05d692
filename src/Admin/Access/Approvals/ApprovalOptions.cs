using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Access.Approvals;

/// <summary>How long requests and approvals are good. Section <c>Approvals</c>; checked before the host starts.</summary>
public sealed class ApprovalOptions
{
    public const string Section = "Approvals";

    /// <summary>Hours in which a request can be decided: 1 to 168, default 24.</summary>
    [Range(1, 168)] public int RequestHours { get; init; } = 24;

    /// <summary>Minutes in which an approval can be used, once: 5 to 60, default 60. A replay that it opened lasts as long at most.</summary>
    [Range(5, 60)] public int Minutes { get; init; } = 60;
}

[OptionsValidator]
internal sealed partial class ApprovalOptionsValidator : IValidateOptions<ApprovalOptions>;
