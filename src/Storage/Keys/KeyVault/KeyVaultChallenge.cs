using System.Text.RegularExpressions;
using Azure.Core;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.KeyVault;

/// <summary>What a vault says of the token that it wants: <c>WWW-Authenticate: Bearer authorization="…/TENANT", resource="…"</c>.</summary>
/// <param name="Scope">To ask the identity provider for.</param>
internal sealed partial record KeyVaultChallenge(string Scope, string? Tenant, string? Claims)
{
    /// <param name="before">What was known: a challenge that asks for claims alone adds to it.</param>
    /// <exception cref="KeyServiceException">None, or one that wants a token for somebody else: whoever answers in the vault's place would get it.</exception>
    public static KeyVaultChallenge Parse(string? header, Uri vault, string key, KeyVaultChallenge? before)
    {
        var said = header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? Parameter().Matches(header).DistinctBy(match => match.Groups["name"].Value).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value, StringComparer.OrdinalIgnoreCase)
            : [];
        var scope = said.GetValueOrDefault("scope") ?? (said.GetValueOrDefault("resource") is { } resource ? resource.TrimEnd('/') + "/.default" : before?.Scope)
            ?? throw new KeyServiceException(key, "it refused the request and did not say what token it wants") { IsTransient = false };
        if (!Uri.TryCreate(scope, UriKind.Absolute, out var wanted) || !Owns(wanted, vault)) { throw new KeyServiceException(key, $"it wants a token for '{scope}', which is not its own domain; it gets none") { IsTransient = false }; }

        var authority = said.GetValueOrDefault("authorization") ?? said.GetValueOrDefault("authorization_uri");
        var tenant = Uri.TryCreate(authority, UriKind.Absolute, out var at) && at.Segments.Length > 1 ? at.Segments[1].Trim('/') : before?.Tenant;
        return new(scope, tenant, said.GetValueOrDefault("claims") is { } claims ? Decode(claims) : null);
    }

    public TokenRequestContext ToRequest() => new([Scope], claims: Claims, tenantId: Tenant, isCaeEnabled: true);

    /// <summary>A vault lies in the domain that its tokens are for; on this machine, it is that itself.</summary>
    private static bool Owns(Uri wanted, Uri vault) => vault.Host.EndsWith("." + wanted.Host, StringComparison.OrdinalIgnoreCase)
        || (ServiceAddress.IsThisMachine(vault) && wanted.Authority == vault.Authority);

    private static string? Decode(string claims)
    {
        try { return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(claims)); }
        catch (FormatException) { return null; }
    }

    [GeneratedRegex("(?<name>[A-Za-z_]{1,40})=\"(?<value>[^\"]{0,4000})\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
