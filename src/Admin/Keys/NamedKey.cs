using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using SecureRecorder.Storage.Keys.KeyVault;

namespace SecureRecorder.Admin.Keys;

/// <summary>A key encryption key. Section <c>Keys:NAME</c>: a file (where nothing else is said), or a key of one vault.</summary>
internal sealed partial record NamedKey
{
    /// <summary>Where the key lies: locations of this region may name it, and no others.</summary>
    public string Region { get; init; } = "";

    /// <summary>PKCS#8 PEM of an RSA key, mode 0600. Default: <c>keys/NAME.pem</c> in the data folder, made when it is first needed.</summary>
    public string? File { get; init; }

    /// <summary>File, mode 0600, with the passphrase that the key file is encrypted with.</summary>
    public string? PassphraseFile { get; init; }

    /// <summary>The passphrase itself, for the environment: <c>Keys__NAME__Passphrase</c>.</summary>
    public string? Passphrase { get; init; }

    /// <summary>Address of a key of an Azure Key Vault or Managed HSM: <c>https://VAULT/keys/NAME</c>, or one version of it.</summary>
    public string? Vault { get; init; }

    /// <summary>What the server is to Azure. Default: its machine's managed identity.</summary>
    public VaultCredential? Credential { get; init; }

    /// <summary>Names of keys that only unwrap what was wrapped for them before.</summary>
    public string[] Previous { get; init; } = [];

    public bool IsFile => Vault is null;

    /// <param name="name">Of the key.</param>
    /// <param name="all">Names of all keys.</param>
    public IEnumerable<ValidationResult> Validate(string name, IReadOnlyCollection<string> all)
    {
        var section = $"Keys:{name}";
        if (!RegionName().IsMatch(Region)) { yield return new($"{section}:Region ('{Region}') must be 1 to 40 characters of a-z, 0-9 and '-'."); }

        string[] places = [.. Places().Where(place => place.Value is not null).Select(place => place.Key)];
        if (places.Length > 1) { yield return new($"{section} says that it lies in {string.Join(" and in ", places)}; a key lies in one place."); }
        if (!IsFile && (PassphraseFile ?? Passphrase) is not null) { yield return new($"{section} has a passphrase, which is for a key file, and lies in a vault."); }
        if (PassphraseFile is not null && Passphrase is not null) { yield return new($"{section} has PassphraseFile and Passphrase; one of them is enough."); }
        if (Vault is null && Credential is not null) { yield return new($"{section}:Credential is for a key of an Azure Key Vault; set {section}:Vault."); }
        foreach (var wrong in Credential?.Validate($"{section}:Credential") ?? []) { yield return wrong; }
        if (Vault is not null && KeyVaultKey.Objection(Vault) is { } why) { yield return new($"{section}:Vault: {why}"); }

        foreach (var previous in Previous)
        {
            if (previous == name || !all.Contains(previous)) { yield return new($"{section}:Previous names '{previous}', which is {(previous == name ? "the key itself" : "not one of Keys")}."); }
        }
    }

    private IEnumerable<KeyValuePair<string, string?>> Places() => [new("File", File), new("Vault", Vault)];

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex RegionName();
}
