using System.Text.RegularExpressions;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.KeyVault;

/// <summary>Where a key of an Azure Key Vault or Managed HSM lies: <c>https://VAULT/keys/NAME</c>, or one version of it, <c>https://VAULT/keys/NAME/VERSION</c>.</summary>
/// <param name="Vault">Its origin.</param>
/// <param name="Version"><see langword="null"/>: the one that is current.</param>
internal sealed partial record KeyVaultAddress(Uri Vault, string Name, string? Version)
{
    /// <summary>Of the key itself, without a version.</summary>
    public string Key => $"{Vault.GetLeftPart(UriPartial.Authority)}/keys/{Name}";

    /// <exception cref="KeyRefusedException">Not such an address.</exception>
    public static KeyVaultAddress Parse(string text)
    {
        var address = ServiceAddress.Parse(text, "a key of an Azure Key Vault");
        var path = Path().Match(address.AbsolutePath);
        return path.Success
            ? new(new(address.GetLeftPart(UriPartial.Authority)), path.Groups["name"].Value, path.Groups["version"] is { Success: true } version ? version.Value : null)
            : throw new KeyRefusedException($"'{text}' is not the address of a key of an Azure Key Vault: it must be https://VAULT/keys/NAME or https://VAULT/keys/NAME/VERSION.");
    }

    /// <summary>The version that this identifier names, where it is one of this very key.</summary>
    public string? VersionOf(string kid) =>
        kid.StartsWith(Key + "/", StringComparison.OrdinalIgnoreCase) && VersionName().IsMatch(kid.AsSpan(Key.Length + 1)) && (Version is null || kid[(Key.Length + 1)..] == Version) ? kid[(Key.Length + 1)..] : null;

    /// <inheritdoc/>
    public override string ToString() => Version is null ? Key : $"{Key}/{Version}";

    [GeneratedRegex("^/keys/(?<name>[0-9A-Za-z-]{1,127})(/(?<version>[0-9a-z]{1,64}))?\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Path();

    [GeneratedRegex("^[0-9a-z]{1,64}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex VersionName();
}
