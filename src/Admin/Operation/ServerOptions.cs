using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>Where people reach the server, and through what. Section <c>Server</c>; checked before the host starts.</summary>
public sealed class ServerOptions : IValidatableObject
{
    public const string Section = "Server";

    /// <summary>
    /// The address that people use, without a path: <c>https://record.example.org</c>. Every link is made with it, whatever a request says. Without it the server answers only to this machine's own names
    /// and to the address that was connected to, and makes links with those.
    /// </summary>
    public string? PublicAddress { get; init; }

    /// <summary>Addresses (<c>192.0.2.10</c>) and networks (<c>10.0.0.0/8</c>) of the proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed. Default none.</summary>
    public string[] TrustedProxies { get; init; } = [];

    /// <summary>
    /// What this process does: <c>web</c> answers people and recorders, <c>jobs</c> deletes, checks and builds what is due; default <c>web,jobs</c>. On PostgreSQL one process has <c>web</c>, and as many as
    /// one likes have <c>jobs</c> alone; all with the same keys and the same place of recordings.
    /// </summary>
    public string Roles { get; init; } = "web,jobs";

    /// <summary><see cref="PublicAddress"/>, read.</summary>
    internal Uri? Public => Uri.TryCreate(PublicAddress, UriKind.Absolute, out var address) ? address : null;

    /// <summary><see cref="TrustedProxies"/>, read.</summary>
    internal IEnumerable<IPNetwork> Proxies => TrustedProxies.Select(proxy => Read(proxy)!.Value);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(PublicAddress)
            && (Public is not { } address || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) || address.PathAndQuery != "/" || address.Fragment.Length > 0 || address.UserInfo.Length > 0))
        {
            yield return new($"Server:PublicAddress ('{PublicAddress}') must be an https address without a path, like https://record.example.org.", [nameof(PublicAddress)]);
        }

        if (ServerRoles.Read(Roles) is null) { yield return new($"Server:Roles ('{Roles}') must be 'web', 'jobs', or 'web,jobs' for both.", [nameof(Roles)]); }

        foreach (var proxy in TrustedProxies.Where(proxy => Read(proxy) is null))
        {
            yield return new($"Server:TrustedProxies ('{proxy}') is neither an address, like 192.0.2.10, nor a network, like 10.0.0.0/8.", [nameof(TrustedProxies)]);
        }
    }

    private static IPNetwork? Read(string proxy) =>
        IPAddress.TryParse(proxy, out var one) ? new(one, one.GetAddressBytes().Length * 8) : IPNetwork.TryParse(proxy, out var network) ? network : null;
}

[OptionsValidator]
internal sealed partial class ServerOptionsValidator : IValidateOptions<ServerOptions>;
