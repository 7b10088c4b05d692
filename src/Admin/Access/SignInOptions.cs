using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Access;

/// <summary>How long a sign-in lasts. Section <c>SignIn</c>; checked before the host starts.</summary>
public sealed class SignInOptions
{
    public const string Section = "SignIn";

    /// <summary>Minutes without any request after which a browser is signed out: 5 to 720, default 60. An open session's page makes requests.</summary>
    [Range(5, 720)] public int IdleMinutes { get; init; } = 60;

    /// <summary>Hours after which a browser is signed out, whatever it does: 1 to 12, default 12.</summary>
    [Range(1, 12)] public int Hours { get; init; } = 12;

    /// <summary>Hours after which the second factor is asked for again before somebody watches, gives a right or approves: 1 to 12, default 12.</summary>
    [Range(1, 12)] public int FactorHours { get; init; } = 12;
}

[OptionsValidator]
internal sealed partial class SignInOptionsValidator : IValidateOptions<SignInOptions>;
