using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>Somebody whom a statement names.</summary>
/// <param name="Type"><c>AWS</c>, <c>Federated</c>, <c>Service</c> or <c>CanonicalUser</c>.</param>
internal sealed record PolicyPrincipal(string Type, string Name)
{
    private const string Cdn = "cloudfront";

    public static IEnumerable<PolicyPrincipal> Read(JsonElement json) => json.ValueKind is JsonValueKind.Object
        ? json.EnumerateObject().SelectMany(type => type.Value.Each().Select(value => value.AsText()).OfType<string>().Select(name => new PolicyPrincipal(type.Name, name.Trim())))
        : json.Each().Select(value => value.AsText()).OfType<string>().Select(name => new PolicyPrincipal("AWS", name.Trim()));

    public PrincipalKind Kind(PostureContext context)
    {
        // MinIO asks policies about strangers only, whose name is empty: nothing but stars matches it.
        if (context.IsMinio) { return Name.Length > 0 && Name.AsSpan().IndexOfAnyExcept('*') < 0 ? PrincipalKind.Everybody : Fixed(context); }
        return Glob.HasWildcard(Name) ? PrincipalKind.Everybody : Fixed(context);
    }

    private PrincipalKind Fixed(PostureContext context)
    {
        if (Is("Federated")) { return !IsArn ? PrincipalKind.Everybody : OfAccount(context); } // anybody signs in at a public identity provider
        if (Is("Service")) { return Name.StartsWith(Cdn + ".", StringComparison.OrdinalIgnoreCase) ? PrincipalKind.CdnService : PrincipalKind.Service; }
        if (Is("CanonicalUser")) { return Name == context.Text("canonical_id") ? PrincipalKind.Trusted : PrincipalKind.Foreign; }
        if (IsArn) { return AccountOf(Name) == Cdn ? PrincipalKind.CdnIdentity : OfAccount(context); }
        return IsAccount(Name) ? context.Trusts(Name) ? PrincipalKind.Trusted : PrincipalKind.Foreign
            : IsLeftBehind(Name) ? PrincipalKind.LeftBehind
            : PrincipalKind.Foreign;
    }

    /// <summary>Servers without accounts leave the account empty: theirs is the organization's own.</summary>
    private PrincipalKind OfAccount(PostureContext context) => AccountOf(Name) is { } account && (account.Length == 0 || context.Trusts(account)) ? PrincipalKind.Trusted : PrincipalKind.Foreign;

    /// <summary>The fifth part of an ARN; <see langword="null"/>: it is none.</summary>
    public static string? AccountOf(string arn) => arn.StartsWith("arn:", StringComparison.Ordinal) && arn.Split(':', 6) is [_, _, _, _, var account, _] ? account : null;

    public static bool IsAccount(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);

    private bool IsArn => Name.StartsWith("arn:", StringComparison.Ordinal);

    private bool Is(string type) => string.Equals(Type, type, StringComparison.OrdinalIgnoreCase);

    /// <summary>A role or user that was deleted shows as its unique id.</summary>
    private static bool IsLeftBehind(string name) => name.Length is >= 16 and <= 128 && name.All(char.IsAsciiLetterOrDigit) && name[..4] is ("AROA" or "AIDA" or "AGPA" or "AIPA" or "ANPA" or "ASCA");
}

/// <summary>What naming somebody means.</summary>
internal enum PrincipalKind
{
    /// <summary>No fixed set: anybody, or anybody with any account.</summary>
    Everybody,

    /// <summary>In the organization's own account, or one that it trusts.</summary>
    Trusted,

    /// <summary>Fixed, and in an account that the organization does not trust.</summary>
    Foreign,

    /// <summary>Deleted.</summary>
    LeftBehind,

    /// <summary>A service of the provider.</summary>
    Service,

    /// <summary>The provider's network for publishing, as a service.</summary>
    CdnService,

    /// <summary>An identity of the provider's network for publishing.</summary>
    CdnIdentity,
}
