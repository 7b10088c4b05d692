using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using MimeKit;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>Who gets alerts by mail, and through which server. Section <c>Alerts:Mail</c>; checked before the host starts.</summary>
public sealed class MailOptions : IValidatableObject
{
    public const string Section = "Alerts:Mail";

    /// <summary>The connection is plain until STARTTLS, without which nothing is sent.</summary>
    public const string StartTls = "starttls";

    /// <summary>TLS from the beginning.</summary>
    public const string Tls = "tls";

    /// <summary>Plain: on loopback only.</summary>
    public const string Plain = "none";

    private const int HighestPort = 65_535;
    private const int MostRecipients = 20;

    /// <summary>Name or address of the SMTP server. Empty (the default): nothing is mailed.</summary>
    public string? Host { get; init; }

    /// <summary>1 to 65535, default 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary><c>starttls</c> (the default), <c>tls</c>, or <c>none</c> for a server on this machine.</summary>
    public string Security { get; init; } = StartTls;

    /// <summary>A PEM file with the authorities that the server's certificate may come from, instead of the system's.</summary>
    public string? Authorities { get; init; }

    /// <summary>Empty (the default): without signing in.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }

    /// <summary>The address that mails come from.</summary>
    public string? From { get; init; }

    /// <summary>Who gets them: 1 to 20 addresses.</summary>
    public string[] To { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Host)) { yield break; }

        if (Port is < 1 or > HighestPort) { yield return new($"Alerts:Mail:Port is {Port}; it must be 1 to {HighestPort}.", [nameof(Port)]); }
        if (Security is not (StartTls or Tls or Plain)) { yield return new($"Alerts:Mail:Security is '{Security}'; it must be '{StartTls}', '{Tls}' or '{Plain}'.", [nameof(Security)]); }
        if (Security == Plain && !IsLoopback(Host)) { yield return new($"Alerts:Mail:Security is '{Plain}', and '{Host}' is not this machine: the mail would travel in clear. Use '{StartTls}' or '{Tls}'.", [nameof(Security)]); }
        if (Authorities is not null && !File.Exists(Authorities)) { yield return new($"Alerts:Mail:Authorities: there is no file '{Authorities}'.", [nameof(Authorities)]); }
        if (string.IsNullOrEmpty(UserName) != string.IsNullOrEmpty(Password)) { yield return new("Alerts:Mail:UserName and Alerts:Mail:Password go together: one of them is missing.", [nameof(UserName)]); }
        if (!IsAddress(From)) { yield return new($"Alerts:Mail:From ('{From}') is not a mail address, like alerts@example.org.", [nameof(From)]); }
        if (To.Length is 0 or > MostRecipients) { yield return new($"Alerts:Mail:To has {To.Length} addresses; it must have 1 to {MostRecipients}.", [nameof(To)]); }
        foreach (var recipient in To.Where(recipient => !IsAddress(recipient))) { yield return new($"Alerts:Mail:To ('{recipient}') is not a mail address, like alerts@example.org.", [nameof(To)]); }
    }

    private static bool IsAddress(string? text) => MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0 && address.Address == text;

    private static bool IsLoopback(string host) => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(host, out var address) && System.Net.IPAddress.IsLoopback(address));
}

[OptionsValidator]
public sealed partial class MailOptionsValidator : IValidateOptions<MailOptions>;
