using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Whom an access control list lets in.</summary>
internal static class AclExposure
{
    public static Judgement Judge(JsonElement document, PostureContext context)
    {
        switch (document.AbsenceOf())
        {
            case Absence.Unsupported: return Judgement.Private(["acl-unsupported"]);
            case Absence.Unknown when document.Find("Error").Find("Code").AsText() == "AccessControlListNotSupported": return Judgement.Private([]); // they are off
            case not Absence.None: return Judgement.Private(["acl-unknown"]);
        }

        var list = document.Unwrap("AccessControlPolicy");
        var grants = list.Find("Grants", "AccessControlList").Each("Grant").ToList();
        if (list.ValueKind is not JsonValueKind.Object || grants.Exists(grant => grant.ValueKind is not JsonValueKind.Object)) { return Judgement.Private(["acl-unknown"]); }

        var owner = list.Find("Owner").Find("ID").AsText() ?? "";
        var read = grants.Select(grant => (Who: Grantee(grant.Find("Grantee"), owner), What: grant.Find("Permission").AsText() ?? "")).ToList();
        var strangers = read.Where(grant => grant.Who is Who.Everybody).ToList();
        var isForeign = read.Exists(grant => grant.Who is Who.Foreign);
        if (BesideDocuments.AclsAreOff(context)) { return Judgement.Private(strangers.Count > 0 || isForeign ? ["acl-masked"] : []); }

        string[] foreign = isForeign ? ["cross-account"] : [];
        if (strangers.Count > 0 && BesideDocuments.IgnoresAcls(context)) { return Judgement.Private([.. foreign, "acl-masked"]); }
        return Judgement.Of(strangers.Count > 0, [.. foreign, .. strangers.SelectMany(grant => FindingsOf(grant.What, context.IsObject))]);
    }

    private static string[] FindingsOf(string permission, bool ofObject) => permission.ToUpperInvariant() switch
    {
        "READ" => [ofObject ? PostureRules.PublicRead : PostureRules.PublicList],
        "WRITE" => ofObject ? [] : [PostureRules.PublicWrite], // it does nothing on an object
        "READ_ACP" => [PostureRules.PublicMetadata],
        "WRITE_ACP" => [PostureRules.PublicAdmin],
        "FULL_CONTROL" => ofObject
            ? [PostureRules.PublicRead, PostureRules.PublicMetadata, PostureRules.PublicAdmin]
            : [PostureRules.PublicList, PostureRules.PublicWrite, PostureRules.PublicMetadata, PostureRules.PublicAdmin],
        _ => [],
    };

    private static Who Grantee(JsonElement grantee, string owner)
    {
        if (grantee.Find("URI").AsText() is { } group)
        {
            return group.EndsWith("/global/AllUsers", StringComparison.OrdinalIgnoreCase) || group.EndsWith("/global/AuthenticatedUsers", StringComparison.OrdinalIgnoreCase) ? Who.Everybody
                : group.EndsWith("/s3/LogDelivery", StringComparison.OrdinalIgnoreCase) ? Who.Ours : Who.Foreign;
        }

        return grantee.Find("ID").AsText() == owner ? Who.Ours : Who.Foreign;
    }

    private enum Who { Ours, Foreign, Everybody }
}
