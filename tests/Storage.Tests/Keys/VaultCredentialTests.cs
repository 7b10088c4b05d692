using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Web;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using SecureRecorder.Storage.Keys.KeyVault;

namespace SecureRecorder.Storage.Tests.Keys;

/// <summary>What the server is to Azure: each kind of credential asks the configured identity provider, and nobody else, for a token with what it has.</summary>
public sealed class VaultCredentialTests : IDisposable
{
    private const string Tenant = "11111111-2222-3333-4444-555555555555";
    private const string Client = "99999999-2222-3333-4444-555555555555";
    private static readonly Uri Authority = new("https://login.example.org/");

    private readonly IdentityProvider _provider = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("credential-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _provider.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_client_secret_goes_to_the_configured_authority_alone()
    {
        var form = await AskAsync(new() { Kind = VaultCredential.ClientSecretKind, TenantId = Tenant, ClientId = Client, ClientSecret = "a secret + more", Authority = Authority });
        Assert.Equal(("client_credentials", Client, "a secret + more"), (form["grant_type"], form["client_id"], form["client_secret"]));
        Assert.Equal("https://vault.azure.net/.default", form["scope"]);
    }

    [Fact]
    public async Task A_certificates_private_key_signs_and_stays()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=recorder", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        var file = Path.Combine(_folder, "certificate.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem() + "\n" + rsa.ExportPkcs8PrivateKeyPem(), Cancellation);

        var form = await AskAsync(new() { Kind = VaultCredential.ClientCertificate, TenantId = Tenant, ClientId = Client, CertificateFile = file, Authority = Authority });

        Assert.Null(form["client_secret"]);
        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", form["client_assertion_type"]);
        var parts = form["client_assertion"]!.Split('.');
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        Assert.Equal(Client, claims.RootElement.GetProperty("sub").GetString());
        Assert.StartsWith($"{Authority}{Tenant}/", claims.RootElement.GetProperty("aud").GetString(), StringComparison.Ordinal);
        Assert.True(
            rsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            || rsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task A_workloads_token_is_read_from_the_file_that_its_platform_renews()
    {
        var file = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(file, "token-of-the-platform", Cancellation);
        Environment.SetEnvironmentVariable("AZURE_FEDERATED_TOKEN_FILE", file);
        try
        {
            var form = await AskAsync(new() { Kind = VaultCredential.WorkloadIdentity, TenantId = Tenant, ClientId = Client, Authority = Authority });
            Assert.Equal(("client_credentials", Client, "token-of-the-platform"), (form["grant_type"], form["client_id"], form["client_assertion"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("AZURE_FEDERATED_TOKEN_FILE", null);
        }
    }

    [Fact]
    public async Task A_certificate_without_its_private_key_is_refused_and_nobody_is_asked()
    {
        var file = Path.Combine(_folder, "certificate.pem");
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=recorder", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Cancellation);
        var credential = new VaultCredential { Kind = VaultCredential.ClientCertificate, TenantId = Tenant, ClientId = Client, CertificateFile = file, Authority = Authority };
        await Assert.ThrowsAnyAsync<AuthenticationFailedException>(() => AskAsync(credential));
        Assert.Empty(_provider.Forms);
    }

    [Fact]
    public void A_certificate_that_is_not_there_is_named_before_the_server_starts()
    {
        var credential = new VaultCredential { Kind = VaultCredential.ClientCertificate, TenantId = Tenant, ClientId = Client, CertificateFile = Path.Combine(_folder, "none.pem"), Authority = Authority };
        Assert.Equal($"Keys:vault:Credential:CertificateFile ('{credential.CertificateFile}') is not there.", Assert.Single(credential.Validate("Keys:vault:Credential")).ErrorMessage);
    }

    [Theory]
    [InlineData(VaultCredential.ClientSecretKind)]
    [InlineData(VaultCredential.ClientCertificate)]
    public void What_it_needs_and_lacks_is_named(string kind)
    {
        var said = new VaultCredential { Kind = kind }.Validate("Keys:vault:Credential").Select(result => result.ErrorMessage).ToList();
        Assert.Contains($"Keys:vault:Credential of the kind '{kind}' needs TenantId.", said);
        Assert.Contains($"Keys:vault:Credential of the kind '{kind}' needs ClientId.", said);
        Assert.Equal(3, said.Count);
    }

    private async Task<System.Collections.Specialized.NameValueCollection> AskAsync(VaultCredential credential)
    {
        Assert.Empty(credential.Validate("Keys:vault:Credential"));
        using var transport = new HttpClientTransport(_provider);
        var token = await credential.Open(transport).GetTokenAsync(new(["https://vault.azure.net/.default"], tenantId: Tenant), Cancellation);
        Assert.Equal(IdentityProvider.Token, token.Token);
        Assert.All(_provider.Posted, address => Assert.Equal(Authority.Host, address.Host));
        return HttpUtility.ParseQueryString(Assert.Single(_provider.Forms));
    }

    /// <summary>Answers as an identity provider does.</summary>
    private sealed class IdentityProvider : HttpMessageHandler
    {
        public const string Token = "a-token";

        public List<Uri> Posted { get; } = [];
        public List<string> Forms { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = "{}";
            if (request.RequestUri!.AbsolutePath.EndsWith("/discovery/instance", StringComparison.Ordinal))
            {
                body = $$"""{"tenant_discovery_endpoint":"{{Authority}}{{Tenant}}/v2.0/.well-known/openid-configuration","api-version":"1.1","metadata":[]}""";
            }
            else if (request.Method == HttpMethod.Post)
            {
                Posted.Add(request.RequestUri);
                Forms.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
                body = $$"""{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"{{Token}}"}""";
            }

            var answer = new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent(body) };
            answer.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            return answer;
        }
    }
}
