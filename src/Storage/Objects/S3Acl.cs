using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>Access control lists, of buckets and of objects.</summary>
internal static class S3Acl
{
    private const string Groups = "/groups/global/"; // everybody, and everybody with any account

    /// <summary>The list without what it gives to everybody; the rest comes out as the server wrote it.</summary>
    /// <returns>What was taken out, each as <c>READ to AllUsers</c>, and what is left.</returns>
    /// <exception cref="ObjectStoreException">It is no access control list.</exception>
    public static (IReadOnlyList<string> Removed, string Left) WithoutPublicGrants(string xml)
    {
        try
        {
            var list = XDocument.Parse(xml, LoadOptions.PreserveWhitespace);
            if (list.Root?.Name.LocalName != "AccessControlPolicy") { throw new ObjectStoreException($"The server answered with '{list.Root?.Name.LocalName}' where an access control list was asked for.", ObjectStoreFault.Rejected); }

            var open = list.Descendants().Where(element => element.Name.LocalName == "Grant" && GroupOf(element) is not null).ToList();
            var removed = open.Select(grant => $"{Child(grant, "Permission")?.Value} to {GroupOf(grant)}").ToList();
            foreach (var grant in open) { grant.Remove(); }
            return (removed, list.ToString(SaveOptions.DisableFormatting));
        }
        catch (XmlException malformed)
        {
            throw new ObjectStoreException($"The access control list cannot be read: {malformed.Message}", ObjectStoreFault.Rejected, malformed);
        }
    }

    private static string? GroupOf(XElement grant) =>
        Child(grant, "Grantee") is { } grantee && Child(grantee, "URI")?.Value is { } group && group.Contains(Groups, StringComparison.OrdinalIgnoreCase) ? group[(group.LastIndexOf('/') + 1)..] : null;

    private static XElement? Child(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    /// <summary>As JSON, in the shape in which tools print it: <c>{"Owner":{"ID":…},"Grants":[{"Grantee":{"URI":…},"Permission":…}]}</c>.</summary>
    public static JsonObject ToJson(Owner? owner, IEnumerable<S3Grant>? grants) => new()
    {
        ["Owner"] = new JsonObject { ["ID"] = owner?.Id, ["DisplayName"] = owner?.DisplayName },
        ["Grants"] = new JsonArray([.. (grants ?? []).Select(grant => (JsonNode)new JsonObject { ["Grantee"] = ToJson(grant.Grantee), ["Permission"] = grant.Permission?.Value })]),
    };

    private static JsonObject ToJson(S3Grantee? grantee)
    {
        var json = new JsonObject();
        if (grantee?.CanonicalUser is { } id) { json["ID"] = id; }
        if (grantee?.URI is { } group) { json["URI"] = group; }
        if (grantee?.EmailAddress is { } mail) { json["EmailAddress"] = mail; }
        return json;
    }
}
