using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>Sign-in at the organization's identity provider, by OpenID Connect. Section <c>OpenIdConnect</c>; checked before the host starts. Off while <see cref="Authority"/> is not set.</summary>
public sealed class OrganizationOptions : IValidatableObject
{
    public const string Section = "OpenIdConnect";

    /// <summary>The issuer's address, as its tokens name it: HTTPS, or HTTP on this machine.</summary>
    public string? Authority { get; init; }

    /// <summary>What the provider calls this server.</summary>
    public string? ClientId { get; init; }

    /// <summary>The secret that the provider gave this server.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>What the button says after "Sign in with". 1 to 60 characters, default "your organization".</summary>
    [Required, StringLength(60)] public string Name { get; init; } = "your organization";

    /// <summary>Scopes beside <c>openid</c>. Default <c>profile</c>.</summary>
    public string[] Scopes { get; init; } = ["profile"];

    /// <summary>Claim with the user name. Default <c>preferred_username</c>.</summary>
    [Required] public string UserNameClaim { get; init; } = "preferred_username";

    /// <summary>Claim of the ID token with the groups. Default <c>groups</c>.</summary>
    [Required] public string GroupsClaim { get; init; } = "groups";

    /// <summary>Which groups have which role: <c>OpenIdConnect:Roles:technician:0=support</c>. Who has no role by this may not sign in.</summary>
    public IDictionary<string, string[]> Roles { get; init; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>Which groups are in which team: <c>OpenIdConnect:Teams:Second line:0=support-2</c>.</summary>
    public IDictionary<string, string[]> Teams { get; init; } = new Dictionary<string, string[]>(StringComparer.Ordinal);

    /// <summary>Values of <c>amr</c> that say that the provider asked for a second factor. Default <c>mfa</c>.</summary>
    public string[]? AmrValues { get; init; }

    /// <summary>Values of <c>acr</c> that say the same; they are also asked for. Default none.</summary>
    public string[] AcrValues { get; init; } = [];

    /// <summary>Whether who has no second factor there gives one of their own here (an authenticator, set up at the first sign-in), or cannot sign in. Default: gives one.</summary>
    public bool OwnSecondFactor { get; init; } = true;

    public bool IsOn => !string.IsNullOrWhiteSpace(Authority);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn) { yield break; }
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || !(authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            yield return new($"OpenIdConnect:Authority ('{Authority}') must be an https address.", [nameof(Authority)]);
        }

        if (string.IsNullOrWhiteSpace(ClientId)) { yield return new("OpenIdConnect:ClientId is empty. Enter what the provider calls this server.", [nameof(ClientId)]); }
        if (string.IsNullOrWhiteSpace(ClientSecret)) { yield return new("OpenIdConnect:ClientSecret is empty. Enter the secret that the provider gave this server.", [nameof(ClientSecret)]); }
        foreach (var role in Roles.Keys.Where(role => !Access.Roles.All.Contains(role, StringComparer.Ordinal)))
        {
            yield return new($"OpenIdConnect:Roles:{role} is no role. The roles are: {string.Join(", ", Access.Roles.All)}.", [nameof(Roles)]);
        }

        if (!Roles.Values.Any(groups => groups.Length > 0)) { yield return new("OpenIdConnect:Roles is empty: nobody could sign in. Set, for example, OpenIdConnect:Roles:technician:0 to a group.", [nameof(Roles)]); }
        foreach (var team in Teams.Keys.Where(team => team.Trim().Length is 0 or > Team.NameLimit))
        {
            yield return new($"OpenIdConnect:Teams:{team} has {team.Trim().Length} characters; a team's name has 1 to {Team.NameLimit}.", [nameof(Teams)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class OrganizationOptionsValidator : IValidateOptions<OrganizationOptions>;
