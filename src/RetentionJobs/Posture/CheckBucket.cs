using System.Text.Json;
using System.Text.Json.Nodes;
using SecureRecorder.RetentionJobs.Posture.Checks;
using SecureRecorder.RetentionJobs.Posture.Policies;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Judges a bucket by what it says of itself and by what it gives to strangers, and says where the two disagree.</summary>
public static class CheckBucket
{
    private const string Ownership = "ownership"; // is no document to judge by itself

    /// <exception cref="ObjectStoreException">The bucket does not answer, or does not let the canary be written.</exception>
    public static async Task<BucketReport> RunAsync(S3LocationOptions location, BucketDemands demands, CancellationToken cancellation)
    {
        using var bucket = new S3BucketCheck(location, TimeProvider.System);
        var said = await bucket.ReadAsync(cancellation);
        var given = await bucket.AskAsStrangerAsync(DisguisesFor(location, said), cancellation);
        var ofObjects = ObjectAcls.Judge(await bucket.ReadObjectAclsAsync(demands.Objects, cancellation), said);

        var (context, alone) = (ContextOf(location, demands, said, given, beside: ["policy", "acl", "pab", Ownership, "object_lock"]), ContextOf(location, demands, said, given, beside: ["pab", Ownership]));
        var judged = said.Documents.Where(document => document.Key != Ownership)
            .Select(document => (Kind: document.Key, Judgement: JudgePosture.Run(new(location.Bucket, document.Key, document.Value, document.Key is "policy" or "acl" ? alone : context)))).ToList();
        var saysPublic = judged.Exists(each => each.Judgement.Public);
        List<PostureFinding> findings =
        [
            .. judged.SelectMany(each => each.Judgement.Findings.Select(rule => new PostureFinding(PostureRules.Find(rule), each.Kind))).DistinctBy(finding => finding.Rule.Name),
        ];
        findings.AddRange(ofObjects);
        if (said.Server == "aws" && findings.Exists(finding => finding.Rule.Name is "pab-missing" or "pab-partial" or "pab-unknown")) { findings.Add(new(PostureRules.Find("account-pab-unknown"), "nothing: it was not asked")); }
        foreach (var found in OfStrangers(given, saysPublic).Where(found => !findings.Exists(known => known.Rule.Name == found.Rule.Name))) { findings.Add(found); }

        return new(
            location.Bucket, said.Server, saysPublic || given.Any(answer => answer.Verdict is StrangerVerdict.Public) || ofObjects.Any(finding => finding.Rule.Name == ObjectAcls.Public),
            [.. findings.OrderByDescending(finding => finding.Rule.Severity).ThenBy(finding => finding.Rule.Name, StringComparer.Ordinal)]);
    }

    private static IEnumerable<PostureFinding> OfStrangers(IReadOnlyList<StrangerAnswer> given, bool saysPublic)
    {
        var letIn = given.Where(answer => answer.Verdict is StrangerVerdict.Public).ToList();
        foreach (var answer in letIn.DistinctBy(answer => answer.Action))
        {
            yield return new(PostureRules.Find(answer.Action switch { StrangerAction.List => PostureRules.PublicList, StrangerAction.Read => PostureRules.PublicRead, _ => PostureRules.PublicWrite }), answer.Detail);
        }

        if (letIn.Count > 0 && !saysPublic) { yield return new(PostureRules.Find("probe-contradicts"), letIn[0].Detail); }
        if (letIn.Count == 0 && saysPublic) { yield return new(PostureRules.Find("probe-unconfirmed"), $"{given.Count} requests, none of them let in"); }
        if (given.FirstOrDefault(answer => answer.Verdict is StrangerVerdict.Unknown) is { } unclear) { yield return new(PostureRules.Find("probe-unknown"), unclear.Detail); }
    }

    /// <param name="beside">Documents that count beside the one that is judged. Policy and access control list are each judged alone: what one of them opens is not to be mended in the other.</param>
    private static PostureContext ContextOf(S3LocationOptions location, BucketDemands demands, BucketDocuments said, IReadOnlyList<StrangerAnswer> given, IReadOnlyList<string> beside)
    {
        var context = new JsonObject
        {
            ["server"] = said.Server,
            ["bucket"] = location.Bucket,
            ["pinned_region"] = location.Region,
            ["head_region"] = said.Region,
            ["account_id"] = demands.Account,
            ["trusted_accounts"] = new JsonArray([.. demands.TrustedAccounts.Select(account => JsonValue.Create(account))]),
            ["canonical_id"] = said.Documents["acl"].Find("Owner").Find("ID").AsText(),
            ["prefixes"] = new JsonArray(location.Prefix),
            ["deletion_by"] = "application",
            ["min_retention_days"] = demands.MinimumDays,
            ["require_versioning"] = location.Versioning,
            ["require_lock"] = location.ObjectLock,
        };
        foreach (var kind in beside) { context[kind] = JsonNode.Parse(said.Documents[kind].GetRawText()); }

        return new(context.Deserialize<JsonElement>(), new JsonObject
        {
            ["list"] = LetIn(StrangerAction.List),
            ["get"] = LetIn(StrangerAction.Read),
            ["put"] = LetIn(StrangerAction.Write),
        }.Deserialize<JsonElement>());

        bool LetIn(StrangerAction action) => given.Any(answer => answer.Action == action && answer.Verdict is StrangerVerdict.Public);
    }

    /// <summary>What a stranger would claim who knows the bucket's name, and one who knows its policy.</summary>
    private static List<Disguise> DisguisesFor(S3LocationOptions location, BucketDocuments said)
    {
        var conditions = PolicyDocument.Read(said.Documents["policy"]).Statements.Where(statement => statement.Allows).SelectMany(statement => statement.Conditions).ToList();
        var disguises = new List<Disguise> { new("10.0.0.1", $"https://{location.Bucket}/", "Mozilla/5.0") };
        var informed = new Disguise(First("aws:sourceip")?.Split('/')[0], First("aws:referer"), First("aws:useragent"));
        if (informed is not { Address: null, Referer: null, Agent: null }) { disguises.Add(informed); }
        return disguises;

        string? First(string key) => conditions.Find(condition => condition.Key == key)?.Values is [var value, ..] ? value.Replace("*", "x", StringComparison.Ordinal).Replace('?', 'x') : null;
    }
}

/// <summary>What is demanded of a bucket beside what its location says.</summary>
/// <param name="Account">The organization's own; <see langword="null"/>: every account that a policy names is reported.</param>
/// <param name="MinimumDays">Days that objects must stay.</param>
public sealed record BucketDemands(string? Account, IReadOnlyList<string> TrustedAccounts, int? MinimumDays)
{
    /// <summary>Names of objects that are looked at in any case, besides those that are looked at by chance.</summary>
    public IReadOnlyList<string> Objects { get; init; } = [];
}

/// <summary>What is wrong with a bucket, the worst first.</summary>
/// <param name="Server">What it runs on, as far as it tells.</param>
public sealed record BucketReport(string Bucket, string Server, bool Public, IReadOnlyList<PostureFinding> Findings);

/// <param name="Read">The document, or the request, that shows it.</param>
public sealed record PostureFinding(PostureRule Rule, string Read)
{
    /// <summary>Name of the object that it is about; null: it is about the bucket.</summary>
    public string? Subject { get; init; }

    /// <summary>What mends it in this bucket, at this server.</summary>
    public string MendFor(string bucket, Uri endpoint, string server) => Rule.MendFor(Read, bucket, endpoint, server).Replace("$K", Quoted(Subject ?? ""), StringComparison.Ordinal);

    /// <summary>As a shell takes it for one word, whatever it is: anybody who can write may have given it its name.</summary>
    private static string Quoted(string name) => $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
