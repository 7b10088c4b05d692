using System.Text.Json;
using System.Text.Json.Nodes;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Access control lists of single objects, as far as they were read: an object can be public in a bucket that is not.</summary>
internal static class ObjectAcls
{
    public const string Public = "public-object";
    private const string Unknown = "object-acl-unknown";

    /// <param name="lists">By the objects' names.</param>
    public static IReadOnlyList<PostureFinding> Judge(IReadOnlyDictionary<string, JsonElement> lists, BucketDocuments said)
    {
        var context = ContextOf(said);
        var findings = lists.Where(each => AclExposure.Judge(each.Value, context).Public).Select(each => new PostureFinding(PostureRules.Find(Public), "the object's access control list") { Subject = each.Key }).ToList();
        if (!BesideDocuments.IgnoresAcls(context) && lists.Count(each => each.Value.AbsenceOf() is Absence.Unknown) is > 0 and var unread)
        {
            findings.Add(new(PostureRules.Find(Unknown), $"{unread} of {lists.Count} objects"));
        }

        return findings;
    }

    private static PostureContext ContextOf(BucketDocuments said)
    {
        var context = new JsonObject { ["scope"] = "object", ["server"] = said.Server, ["canonical_id"] = said.Documents["acl"].Find("Owner").Find("ID").AsText() };
        foreach (var kind in (string[])["pab", "ownership"]) { context[kind] = JsonNode.Parse(said.Documents[kind].GetRawText()); }
        return new(context.Deserialize<JsonElement>());
    }
}
