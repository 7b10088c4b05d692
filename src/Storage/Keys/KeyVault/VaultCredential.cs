using System.ComponentModel.DataAnnotations;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace SecureRecorder.Storage.Keys.KeyVault;

/// <summary>What the server is to Azure. Secrets come from the configuration, never from the database.</summary>
public sealed record VaultCredential
{
    public const string ManagedIdentity = "managed-identity";
    public const string WorkloadIdentity = "workload-identity";
    public const string ClientSecretKind = "client-secret";
    public const string ClientCertificate = "client-certificate";

    /// <summary><c>managed-identity</c> (the default), <c>workload-identity</c>, <c>client-secret</c> or <c>client-certificate</c>.</summary>
    public string Kind { get; init; } = ManagedIdentity;

    /// <summary>Of the application, or of a user-assigned managed identity; without it, the machine's own.</summary>
    public string? ClientId { get; init; }

    /// <summary>The directory that the application is in.</summary>
    public string? TenantId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>PEM or PKCS#12 with the private key.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Identity provider. Default: that of the public cloud.</summary>
    public Uri Authority { get; init; } = AzureAuthorityHosts.AzurePublicCloud;

    /// <summary>What is missing or too much.</summary>
    public IEnumerable<ValidationResult> Validate(string section)
    {
        string[] needed = Kind switch
        {
            ManagedIdentity or WorkloadIdentity => [],
            ClientSecretKind => [nameof(TenantId), nameof(ClientId), nameof(ClientSecret)],
            ClientCertificate => [nameof(TenantId), nameof(ClientId), nameof(CertificateFile)],
            _ => [],
        };
        if (Kind is not (ManagedIdentity or WorkloadIdentity or ClientSecretKind or ClientCertificate)) { yield return new($"{section}:Kind is '{Kind}'; it must be '{ManagedIdentity}', '{WorkloadIdentity}', '{ClientSecretKind}' or '{ClientCertificate}'."); }
        foreach (var (name, value) in ((string, string?)[])[(nameof(TenantId), TenantId), (nameof(ClientId), ClientId), (nameof(ClientSecret), ClientSecret), (nameof(CertificateFile), CertificateFile)])
        {
            if (needed.Contains(name) && string.IsNullOrEmpty(value)) { yield return new($"{section} of the kind '{Kind}' needs {name}."); }
        }

        if (ClientSecret is not null && Kind != ClientSecretKind) { yield return new($"{section}:ClientSecret is set, and the kind is '{Kind}'."); }
        if (CertificateFile is not null && Kind != ClientCertificate) { yield return new($"{section}:CertificateFile is set, and the kind is '{Kind}'."); }
        if (Kind == ClientCertificate && CertificateFile is { Length: > 0 } file && !File.Exists(file)) { yield return new($"{section}:CertificateFile ('{file}') is not there."); }
        if (Authority is not { IsAbsoluteUri: true, Scheme: "https" }) { yield return new($"{section}:Authority ('{Authority}') must be an https address."); }
    }

    public TokenCredential Open() => Open(transport: null);

    /// <param name="transport">What talks to the identity provider; null: the usual one.</param>
    internal TokenCredential Open(HttpPipelineTransport? transport) => Kind switch
    {
        WorkloadIdentity => new WorkloadIdentityCredential(Through(new WorkloadIdentityCredentialOptions { ClientId = ClientId, TenantId = TenantId, AuthorityHost = Authority }, transport)),
        ClientSecretKind => new ClientSecretCredential(TenantId, ClientId, ClientSecret, Through(new ClientSecretCredentialOptions { AuthorityHost = Authority }, transport)),
        ClientCertificate => new ClientCertificateCredential(TenantId, ClientId, CertificateFile, Through(new ClientCertificateCredentialOptions { AuthorityHost = Authority }, transport)),
        _ => new ManagedIdentityCredential(ClientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(ClientId)),
    };

    private static T Through<T>(T options, HttpPipelineTransport? transport) where T : ClientOptions
    {
        if (transport is not null) { options.Transport = transport; }
        return options;
    }

    /// <summary>A secret is not written out with the rest.</summary>
    public override string ToString() => $"{Kind} {ClientId}";
}
