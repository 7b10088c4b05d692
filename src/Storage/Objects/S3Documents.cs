using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace SecureRecorder.Storage.Objects;

/// <summary>Reads what a bucket says of itself: policy, access control list, region and so on, each as JSON, none of it changed.</summary>
/// <remarks>A 200 is no proof: some servers answer a question that they do not know with something else. What has another root element than it must is said to be unsupported.</remarks>
internal sealed class S3Documents(S3Question question)
{
    private static readonly Source[] Sources =
    [
        new("policy", "policy", []),
        new("acl", "acl", ["AccessControlPolicy"]),
        new("pab", "publicAccessBlock", ["PublicAccessBlockConfiguration", "BlockPublicAccessBlockConfiguration"]),
        new("ownership", "ownershipControls", ["OwnershipControls"]),
        new("versioning", "versioning", ["VersioningConfiguration"]),
        new("object_lock", "object-lock", ["ObjectLockConfiguration"]),
        new("lifecycle", "lifecycle", ["LifecycleConfiguration"]),
        new("encryption", "encryption", ["ServerSideEncryptionConfiguration"]),
        new("replication", "replication", ["ReplicationConfiguration"]),
        new("location", "location", ["LocationConstraint"]),
        new("cors", "cors", ["CORSConfiguration"]),
        new("website", "website", ["WebsiteConfiguration"]),
        new("logging", "logging", ["BucketLoggingStatus"]),
    ];

    /// <summary>Asks for all of them at once. What was not answered is an error too: <c>{"Error":{"Code":…,"HTTPStatusCode":…}}</c>.</summary>
    public async Task<BucketDocuments> ReadAsync(CancellationToken cancellation)
    {
        var answers = await Task.WhenAll(Sources.Select(source => AskAsync(source, cancellation)));
        return new(
            answers.Select(answer => answer.Server).FirstOrDefault(server => server is not null) ?? "any",
            answers.Select(answer => answer.Region).FirstOrDefault(region => region is not null),
            Sources.Zip(answers).ToDictionary(each => each.First.Kind, each => each.Second.Document, StringComparer.Ordinal));
    }

    private async Task<Answer> AskAsync(Source source, CancellationToken cancellation)
    {
        try
        {
            using var answer = await question.SendAsync(source.SubResource, cancellation);
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            return new(ServerOf(answer), Header(answer, "x-amz-bucket-region"), (answer.IsSuccessStatusCode ? Read(source, body) : Error(CodeIn(body), answer.StatusCode)).Deserialize<JsonElement>());
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && failure is HttpRequestException or OperationCanceledException or IOException)
        {
            return new(null, null, Error("NoAnswer", default).Deserialize<JsonElement>());
        }
    }

    private static JsonNode Read(Source source, string body)
    {
        try
        {
            if (source.Roots.Length == 0) { return JsonNode.Parse(body) ?? new JsonObject(); }

            var root = XDocument.Parse(body).Root!;
            return !Array.Exists(source.Roots, name => root.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase)) ? Error("NotImplemented", HttpStatusCode.OK)
                : root.HasElements ? ToJson(root)
                : source.Kind == "location" ? new JsonObject { ["LocationConstraint"] = root.Value }
                : new JsonObject();
        }
        catch (Exception malformed) when (malformed is XmlException or JsonException)
        {
            return Error("MalformedAnswer", HttpStatusCode.OK);
        }
    }

    /// <summary>An element as an object of its children; a name that comes again makes a list; one without children is its text.</summary>
    private static JsonNode ToJson(XElement element)
    {
        if (!element.HasElements) { return JsonValue.Create(element.Value); }

        var json = new JsonObject();
        foreach (var same in element.Elements().GroupBy(child => child.Name.LocalName, StringComparer.Ordinal))
        {
            json[same.Key] = same.Count() == 1 ? ToJson(same.First()) : new JsonArray([.. same.Select(ToJson)]);
        }

        return json;
    }

    private static JsonObject Error(string code, HttpStatusCode status) => new() { ["Error"] = new JsonObject { ["Code"] = code, ["HTTPStatusCode"] = (int)status } };

    private static string CodeIn(string body)
    {
        try
        {
            return XDocument.Parse(body).Descendants().FirstOrDefault(element => element.Name.LocalName == "Code")?.Value ?? "";
        }
        catch (XmlException)
        {
            return "";
        }
    }

    /// <summary>Which server it is, as far as its answers tell.</summary>
    private static string? ServerOf(HttpResponseMessage answer)
    {
        var name = Header(answer, "Server") ?? "";
        return name.StartsWith("AmazonS3", StringComparison.OrdinalIgnoreCase) ? "aws"
            : name.StartsWith("MinIO", StringComparison.OrdinalIgnoreCase) ? "minio"
            : name.StartsWith("Ceph", StringComparison.OrdinalIgnoreCase) || Header(answer, "x-amz-request-id")?.StartsWith("tx0", StringComparison.Ordinal) is true ? "ceph" // its requests are transactions
            : name.StartsWith("SeaweedFS", StringComparison.OrdinalIgnoreCase) ? "seaweedfs"
            : name.StartsWith("VERSITYGW", StringComparison.OrdinalIgnoreCase) ? "versitygw"
            : name.StartsWith("Garage", StringComparison.OrdinalIgnoreCase) ? "garage"
            : null;
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <param name="Roots">Names that the answer's root element may have; none: it is JSON.</param>
    private sealed record Source(string Kind, string SubResource, string[] Roots);

    private sealed record Answer(string? Server, string? Region, JsonElement Document);
}

/// <summary>What a bucket says of itself.</summary>
/// <param name="Server"><c>aws</c>, <c>ceph</c>, <c>minio</c> and so on; <c>any</c>: it does not say.</param>
/// <param name="Region">As the answers' headers name it.</param>
/// <param name="Documents">By kind: <c>policy</c>, <c>acl</c>, <c>pab</c>, <c>ownership</c>, <c>versioning</c>, <c>object_lock</c>, <c>lifecycle</c>, <c>encryption</c>, <c>replication</c>, <c>location</c>, <c>cors</c>, <c>website</c>, <c>logging</c>.</param>
public sealed record BucketDocuments(string Server, string? Region, IReadOnlyDictionary<string, JsonElement> Documents);
