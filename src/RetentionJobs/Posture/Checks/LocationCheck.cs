using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Whether the bucket lies where recordings may lie.</summary>
internal sealed class LocationCheck : IPostureCheck
{
    private const string Unnamed = "us-east-1";
    private const string LegacyEurope = "eu-west-1";

    public string Kind => "location";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(Findings(document, context));

    private static List<string> Findings(JsonElement document, PostureContext context)
    {
        switch (document.AbsenceOf())
        {
            case Absence.NoBucket: return ["bucket-missing"];
            case not Absence.None: return ["region-unknown"];
        }

        var constraint = document.Find("LocationConstraint");
        if (constraint.ValueKind is JsonValueKind.Object) { constraint = constraint.Unwrap("LocationConstraint"); }
        var name = constraint.AsText()?.Trim() ?? "";
        var region = RegionOf(name, context);
        var header = context.Text("head_region") ?? context.Text("head_bucket_region") ?? context.Text("bucket_region_header") ?? document.Find("BucketRegion").AsText();
        var findings = new List<string>();
        if (region is not null && header is { Length: > 0 } && !string.Equals(header, region, StringComparison.OrdinalIgnoreCase)) { findings.Add("region-inconsistent"); }
        if ((region ?? (header is { Length: > 0 } ? header : null)) is not { } known) { findings.Add("region-unverifiable"); }
        else if (context.IsAllowedRegion(known) is false) { findings.Add("region-mismatch"); }
        return findings;
    }

    /// <summary>The region that a constraint names; <see langword="null"/>: it says nothing about where the disks are.</summary>
    private static string? RegionOf(string name, PostureContext context)
    {
        if (context.Document("region_names").Find(name).AsText() is { } mapped) { return mapped; }
        if (name.Length == 0) { return context.Server is "aws" or "any" ? Unnamed : null; }
        if (name == "EU" && context.Server is "aws" or "any") { return LegacyEurope; }
        return context.IsCeph && !LooksLikeRegion(name) && context.IsAllowedRegion(name) is not true ? null : name;
    }

    /// <summary>A zonegroup of Ceph may have any name, such as <c>default</c>; one such as <c>eu-central</c> is meant as a region.</summary>
    private static bool LooksLikeRegion(string name) => name.Contains('-', StringComparison.Ordinal);
}
