using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using SecureRecorder.Storage.Keys.KeyVault;
using SecureRecorder.Storage.Keys.Kms;
using SecureRecorder.Storage.Keys.Transit;

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

    /// <summary>ARN of an asymmetric RSA key in AWS KMS.</summary>
    public string? Kms { get; init; }

    /// <summary>What KMS is called with. Default: what the machine has.</summary>
    public string? AccessKeyId { get; init; }

    public string? SecretAccessKey { get; init; }

    /// <summary>Where KMS is called. Default: in the ARN's region.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Address of a key of HashiCorp Vault's Transit engine: <c>https://VAULT/v1/MOUNT/keys/NAME</c>.</summary>
    public string? Transit { get; init; }

    /// <summary>File, mode 0600, with the token for it; read for each call, because an agent renews it.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Vault's namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>Names of keys that only unwrap what was wrapped for them before.</summary>
    public string[] Previous { get; init; } = [];

    public bool IsFile => (Vault ?? Kms ?? Transit) is null;

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

        foreach (var wrong in ValidateKms(section).Concat(ValidateTransit(section))) { yield return wrong; }

        foreach (var previous in Previous)
        {
            if (previous == name || !all.Contains(previous)) { yield return new($"{section}:Previous names '{previous}', which is {(previous == name ? "the key itself" : "not one of Keys")}."); }
        }
    }

    private IEnumerable<ValidationResult> ValidateKms(string section)
    {
        if (Kms is null)
        {
            if ((Endpoint ?? AccessKeyId ?? SecretAccessKey) is not null) { yield return new($"{section}:Endpoint, AccessKeyId and SecretAccessKey are for a key of AWS KMS; set {section}:Kms."); }
            yield break;
        }

        var region = KmsKey.RegionOf(Kms);
        if (region is null) { yield return new($"{section}:Kms ('{Kms}') must be the ARN of a key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID."); }
        else if (region != Region) { yield return new($"{section}:Region is '{Region}', and its ARN lies in '{region}'."); }

        if (string.IsNullOrEmpty(AccessKeyId) != string.IsNullOrEmpty(SecretAccessKey)) { yield return new($"{section} needs AccessKeyId and SecretAccessKey together, or neither."); }
        if (Endpoint is not null && KmsKey.EndpointObjection(Endpoint) is { } why) { yield return new($"{section}:Endpoint: {why}"); }
    }

    private IEnumerable<ValidationResult> ValidateTransit(string section)
    {
        if (Transit is null)
        {
            if ((TokenFile ?? Namespace) is not null) { yield return new($"{section}:TokenFile and Namespace are for a key of HashiCorp Vault; set {section}:Transit."); }
            yield break;
        }

        if (TransitKey.Objection(Transit) is { } why) { yield return new($"{section}:Transit: {why}"); }
        if (string.IsNullOrEmpty(TokenFile)) { yield return new($"{section}:TokenFile is missing: the file with the token for HashiCorp Vault."); }
    }

    private IEnumerable<KeyValuePair<string, string?>> Places() => [new("File", File), new("Vault", Vault), new("Kms", Kms), new("Transit", Transit)];

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex RegionName();
}
