using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>To whom weaknesses of this server are reported. Section <c>SecurityTxt</c>; checked before the host starts. Without <see cref="Contact"/> there is no such page.</summary>
/// <remarks>Source: RFC 9116.</remarks>
public sealed class SecurityTxtOptions : IValidatableObject
{
    public const string Section = "SecurityTxt";

    /// <summary>Addresses, the preferred one first: <c>mailto:security@example.org</c>, <c>https://…</c> or <c>tel:…</c>.</summary>
    public string[] Contact { get; init; } = [];

    /// <summary>Until when this holds, as RFC 3339: <c>2027-01-31T00:00:00Z</c>. Afterwards the page is gone.</summary>
    public string? Expires { get; init; }

    /// <summary>Address of the disclosure policy. Default none.</summary>
    public string? Policy { get; init; }

    /// <summary>Address of the key for sealed reports. Default none.</summary>
    public string? Encryption { get; init; }

    /// <summary>Languages of reports (BCP 47). Default none.</summary>
    public string[] PreferredLanguages { get; init; } = [];

    internal DateTimeOffset? Until => DateTimeOffset.TryParse(Expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Contact.Length == 0) { yield break; }
        if (Until is null) { yield return new($"SecurityTxt:Expires ('{Expires}') must be a time, like 2027-01-31T00:00:00Z.", [nameof(Expires)]); }
        foreach (var address in Contact.Append(Policy).Append(Encryption).OfType<string>())
        {
            if (address.Any(c => c is <= ' ' or > '~') || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "mailto" or "tel" or "dns" or "openpgp4fpr"))
            {
                yield return new($"SecurityTxt: '{address}' must be an address like mailto:security@example.org or https://example.org/security.", [nameof(Contact)]);
            }
        }

        foreach (var language in PreferredLanguages.Where(language => language.Length is 0 or > 35 || !language.All(c => char.IsAsciiLetterOrDigit(c) || c is '-')))
        {
            yield return new($"SecurityTxt:PreferredLanguages ('{language}') is no language tag, like en.", [nameof(PreferredLanguages)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class SecurityTxtOptionsValidator : IValidateOptions<SecurityTxtOptions>;

/// <summary>The page at which people who find a weakness learn where to report it.</summary>
internal static class SecurityTxt
{
    public static void MapSecurityTxt(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/.well-known/security.txt", (IOptions<SecurityTxtOptions> options, IOptions<ServerOptions> server, TimeProvider clock, HttpContext http) =>
            Write(options.Value, server.Value, clock.GetUtcNow()) is { } text ? TypedResults.Text(text, "text/plain; charset=utf-8") : ErrorAnswer.For(http, StatusCodes.Status404NotFound, words => words.NoSuchPage)).AllowAnonymous();

    /// <summary>The file; null: nobody is named, or what it says holds no more.</summary>
    internal static string? Write(SecurityTxtOptions options, ServerOptions server, DateTimeOffset now)
    {
        if (options.Contact.Length == 0 || options.Until is not { } until || until <= now) { return null; }

        var text = new StringBuilder();
        foreach (var contact in options.Contact) { Line("Contact", contact); }
        Line("Expires", until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (options.Encryption is { } encryption) { Line("Encryption", encryption); }
        if (options.PreferredLanguages.Length > 0) { Line("Preferred-Languages", string.Join(", ", options.PreferredLanguages)); }
        if (server.Public is { } address) { Line("Canonical", new Uri(address, "/.well-known/security.txt").AbsoluteUri); }
        if (options.Policy is { } policy) { Line("Policy", policy); }
        return text.ToString();

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append('\n');
    }
}
