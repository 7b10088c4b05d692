using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Audit;

/// <summary>Where the audit trail is forwarded to. Section <c>Audit:Syslog</c>; checked before the host starts.</summary>
public sealed class SyslogOptions : IValidatableObject
{
    public const string Section = "Audit:Syslog";

    private const int HighestPort = 65_535;

    /// <summary>Name or address of the syslog server. Empty (the default): the trail is not forwarded.</summary>
    public string? Host { get; init; }

    /// <summary>1 to 65535, default 6514, the port of syslog over TLS.</summary>
    public int Port { get; init; } = 6514;

    /// <summary>Whether the connection is encrypted and the server's certificate checked. Default: yes.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>A PEM file with the authorities that the server's certificate may come from, instead of the system's.</summary>
    public string? Authorities { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Port is < 1 or > HighestPort) { yield return new($"Audit:Syslog:Port is {Port}; it must be 1 to {HighestPort}.", [nameof(Port)]); }
        if (Authorities is not null && !File.Exists(Authorities)) { yield return new($"Audit:Syslog:Authorities: there is no file '{Authorities}'.", [nameof(Authorities)]); }
    }
}

[OptionsValidator]
internal sealed partial class SyslogOptionsValidator : IValidateOptions<SyslogOptions>;
