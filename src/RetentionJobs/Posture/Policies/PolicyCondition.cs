using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>One key of a statement's condition. All of them must hold.</summary>
/// <param name="Test">The operator, small letters, without what is said beside it: <c>stringequals</c>.</param>
/// <param name="Key">Small letters.</param>
/// <param name="IfExists">It holds where the request does not have the key.</param>
internal sealed record PolicyCondition(string Test, Quantifier Quantifier, bool IfExists, string Key, IReadOnlyList<string> Values)
{
    public const string SourceIp = "aws:sourceip";
    public const string PrincipalOrganization = "aws:principalorgid";
    public const string SecureTransport = "aws:securetransport";
    public const string TlsVersion = "s3:tlsversion";

    private const string OrganizationPaths = "aws:principalorgpaths";
    private const string AccessPointArn = "s3:dataaccesspointarn";
    private const string AccessPointAccount = "s3:dataaccesspointaccount";
    private const string PrincipalArn = "aws:principalarn";

    /// <summary>Keys that stand for a fixed, named set where their value does.</summary>
    /// <remarks>Source: Amazon S3 User Guide, "The meaning of public".</remarks>
    private static readonly HashSet<string> FixedKeys =
    [
        PrincipalOrganization, OrganizationPaths, PrincipalArn, AccessPointArn, AccessPointAccount,
        "aws:principalaccount", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:sourceorgid", "aws:userid",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ];

    public static IEnumerable<PolicyCondition> Read(JsonElement json) => json.ValueKind is JsonValueKind.Object
        ? json.EnumerateObject().Where(test => test.Value.ValueKind is JsonValueKind.Object)
            .SelectMany(test => test.Value.EnumerateObject().Select(key => Read(test.Name, key.Name, [.. key.Value.Each().Select(value => value.AsText()).OfType<string>()])))
        : [];

    /// <summary>Whether it is about an access point that passes requests on.</summary>
    public bool IsAccessPoint => Key is AccessPointArn or AccessPointAccount;

    /// <summary>What it does to a statement that allows everybody.</summary>
    public Bound Bounds(PostureContext context)
    {
        var isRange = Key == SourceIp && Test == "ipaddress";
        if ((!isRange && !(FixedKeys.Contains(Key) && IsPositive)) || IfExists || Quantifier is Quantifier.ForAllValues || Values.Count == 0 || (context.IsAccessPoint && IsAccessPoint)) { return Bound.Weak; }
        if (!isRange) { return Values.All(IsFixed) ? Bound.Fixed : Bound.Wildcard; }
        if (AddressRanges.Read(Values) is not { } ranges) { return Bound.Weak; }
        return ranges.AreBroad ? Bound.BroadRange : context.IsMinio && context.Flag("trusted_proxy_strips_xff") is not true ? Bound.SpoofableRange : Bound.Fixed;
    }

    /// <summary>Whether, in a statement that denies, it spares a fixed set only.</summary>
    public bool SparesFixedSet(PostureContext context)
    {
        if (Quantifier is Quantifier.ForAnyValue) { return false; } // it does not hold where the key is absent, as with a stranger
        return Key == SourceIp ? Test == "notipaddress" && !context.IsMinio && AddressRanges.Read(Values) is { AreBroad: false }
            : FixedKeys.Contains(Key) && IsNegative && Values.Count > 0 && Values.All(IsFixed);
    }

    /// <summary>Whether, in a statement that denies, it holds for every request without TLS.</summary>
    public bool HoldsWithoutTls(PostureContext context) => Key switch
    {
        SecureTransport => Test == "bool" && (IfExists || !context.IsCeph) && Values is [var value] && string.Equals(value, "false", StringComparison.OrdinalIgnoreCase), // Ceph does not deny by the plain one
        TlsVersion => (Test == "numericlessthan" && IfExists) || (Test == "null" && Values is ["true"]), // there is no version without TLS
        _ => false,
    };

    /// <summary>Whether it is fixed to accounts or organizations that the organization does not trust.</summary>
    public bool IsForeign(PostureContext context) => Values.Any(value => Key switch
    {
        PrincipalOrganization => value != context.Organization,
        OrganizationPaths => value.Split('/')[0] != context.Organization,
        "aws:principalaccount" or AccessPointAccount or "aws:sourceaccount" or "aws:sourceowner" => !context.Trusts(value),
        PrincipalArn or AccessPointArn => !context.Trusts(PolicyPrincipal.AccountOf(value) ?? ""),
        _ => false,
    });

    private bool IsPositive => Test is "stringequals" or "stringlike" or "stringequalsignorecase" or "arnequals" or "arnlike";

    private bool IsNegative => Test is "stringnotequals" or "stringnotlike" or "stringnotequalsignorecase" or "arnnotequals" or "arnnotlike";

    private bool IsFixed(string value)
    {
        if (value.Contains("${", StringComparison.Ordinal)) { return false; } // filled in from the request
        if (!Glob.HasWildcard(value) || Test is "stringequals" or "stringnotequals" or "stringequalsignorecase" or "stringnotequalsignorecase") { return true; } // there, a star is a star
        return Key switch
        {
            PrincipalArn or AccessPointArn => PolicyPrincipal.AccountOf(value) is { } account && PolicyPrincipal.IsAccount(account),
            OrganizationPaths => value.Split('/') is [{ Length: > 2 } organization, _, ..] && !Glob.HasWildcard(organization) && organization.StartsWith("o-", StringComparison.Ordinal),
            _ => false,
        };
    }

    private static PolicyCondition Read(string name, string key, IReadOnlyList<string> values)
    {
        var test = name.ToLowerInvariant();
        var quantifier = Quantifier.None;
        if (Cut(ref test, "foranyvalue:")) { quantifier = Quantifier.ForAnyValue; }
        else if (Cut(ref test, "forallvalues:")) { quantifier = Quantifier.ForAllValues; }

        var ifExists = test.EndsWith("ifexists", StringComparison.Ordinal);
        return new(ifExists ? test[..^8] : test, quantifier, ifExists, key.ToLowerInvariant(), values);

        static bool Cut(ref string text, string prefix)
        {
            if (!text.StartsWith(prefix, StringComparison.Ordinal)) { return false; }
            text = text[prefix.Length..];
            return true;
        }
    }
}

/// <summary>What is said of a key with several values.</summary>
internal enum Quantifier
{
    None,
    ForAnyValue,

    /// <summary>Holds also where the request does not have the key.</summary>
    ForAllValues,
}

/// <summary>What a condition leaves of everybody.</summary>
internal enum Bound
{
    /// <summary>A fixed, named set.</summary>
    Fixed,

    /// <summary>The right key with a value that is none.</summary>
    Wildcard,

    /// <summary>Nothing that one can trust: whoever asks chooses it, or it is absent.</summary>
    Weak,

    /// <summary>A large part of the internet.</summary>
    BroadRange,

    /// <summary>An address that whoever asks may claim to have.</summary>
    SpoofableRange,
}
