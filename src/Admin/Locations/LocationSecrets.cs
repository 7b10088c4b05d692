using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Keys;

namespace SecureRecorder.Admin.Locations;

/// <summary>Credentials and keys that locations name: they are in the configuration of each server and never in the database. Bound from its root.</summary>
internal sealed partial class LocationSecrets : IValidatableObject
{
    /// <summary>Section <c>Credentials</c>: what a bucket is reached with, by name.</summary>
    public Dictionary<string, StorageCredential> Credentials { get; init; } = [];

    /// <summary>Section <c>Keys</c>: key encryption keys beside the server's own, by name.</summary>
    public Dictionary<string, NamedKey> Keys { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Credentials.Keys.Concat(Keys.Keys).Where(name => !Name().IsMatch(name))) { yield return new($"'{name}' is no name for a credential or a key: it must be 1 to 40 characters of a-z, 0-9 and '-'."); }
        foreach (var (name, credential) in Credentials.Where(each => each.Value is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 })) { yield return new($"Credentials:{name} needs AccessKeyId and SecretAccessKey."); }
        foreach (var wrong in Keys.SelectMany(each => each.Value.Validate(each.Key, Keys.Keys))) { yield return wrong; }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$", RegexOptions.NonBacktracking)]
    internal static partial Regex Name();
}

internal sealed record StorageCredential
{
    public string AccessKeyId { get; init; } = "";
    public string SecretAccessKey { get; init; } = "";
}

[OptionsValidator]
internal sealed partial class LocationSecretsValidator : IValidateOptions<LocationSecrets>;
