using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>Some objects of a bucket and their access control lists: the newest, and others by chance, of each folder at its top. What it costs does not grow with the bucket.</summary>
internal sealed class S3ObjectSample(AmazonS3Client client, string bucket, string prefix, TimeProvider clock)
{
    /// <summary>Objects whose lists are read, besides those that are asked for by name.</summary>
    public const int Limit = 40;

    private const int Folders = 10;
    private const int PageSize = 100;
    private const int ByChance = 2;
    private const int AtOnce = 8;

    /// <summary>Names of recordings begin with times (version 7 identifiers): so far back the newest are looked for.</summary>
    private static readonly TimeSpan New = TimeSpan.FromDays(1);

    /// <param name="also">Objects to read in any case: those that were public at the last look.</param>
    /// <returns>By name: the list as JSON, or <c>{"Error":{…}}</c>; what is not there any more is left out.</returns>
    public async Task<IReadOnlyDictionary<string, JsonElement>> ReadAsync(IReadOnlyCollection<string> also, CancellationToken cancellation)
    {
        var keys = also.Concat((await ChooseAsync(cancellation)).Except(also, StringComparer.Ordinal).Take(Limit)).ToList();
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var some in keys.Chunk(AtOnce))
        {
            var lists = await Task.WhenAll(some.Select(key => ReadAsync(key, cancellation)));
            foreach (var (key, list) in some.Zip(lists)) { if (list is { } known) { found[key] = known; } }
        }

        return found;
    }

    private async Task<IReadOnlyList<string>> ChooseAsync(CancellationToken cancellation)
    {
        var top = await client.ListObjectsV2Async(new() { BucketName = bucket, Prefix = prefix, Delimiter = "/", MaxKeys = PageSize }, cancellation);
        var chosen = new List<string>(Pick(top.S3Objects));
        foreach (var folder in (top.CommonPrefixes ?? []).Take(Folders))
        {
            var first = await PageAsync(folder, null, cancellation);
            chosen.AddRange(Pick(first));
            if (first.Count < PageSize) { continue; } // that was all of it

            chosen.AddRange(Pick(await PageAsync(folder, folder + StartOf(clock.GetUtcNow() - New), cancellation)));
            chosen.AddRange(Pick(await PageAsync(folder, folder + SomewhereAfter(first[0].Key[folder.Length..]), cancellation)));
        }

        return [.. chosen.Distinct(StringComparer.Ordinal)];
    }

    private async Task<List<S3Object>> PageAsync(string folder, string? after, CancellationToken cancellation) =>
        (await client.ListObjectsV2Async(new() { BucketName = bucket, Prefix = folder, StartAfter = after, MaxKeys = PageSize }, cancellation)).S3Objects ?? [];

    /// <summary>The newest, and some by chance.</summary>
    private static IEnumerable<string> Pick(List<S3Object>? page)
    {
        if (page is not { Count: > 0 }) { yield break; }

        yield return page.MaxBy(each => each.LastModified)!.Key;
        for (var i = 0; i < ByChance; i++) { yield return page[RandomNumberGenerator.GetInt32(page.Count)].Key; }
    }

    /// <summary>What names begin with that were made at this time.</summary>
    private static string StartOf(DateTimeOffset time) => Guid.CreateVersion7(time).ToString()[..13];

    /// <summary>A place between the first name and now, by chance; where names do not begin with times, anywhere.</summary>
    private string SomewhereAfter(string first)
    {
        if (first.Length < 36 || !Guid.TryParse(first[..36], out var id) || id.Version != 7) { return RandomNumberGenerator.GetHexString(4, lowercase: true); }

        var from = Convert.ToInt64(id.ToString("N")[..12], 16);
        var hours = Math.Clamp((clock.GetUtcNow().ToUnixTimeMilliseconds() - from) / 3_600_000, 1, int.MaxValue - 1);
        return StartOf(DateTimeOffset.FromUnixTimeMilliseconds(from).AddHours(RandomNumberGenerator.GetInt32((int)hours)));
    }

    private async Task<JsonElement?> ReadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            var answer = await client.GetObjectAclAsync(new GetObjectAclRequest { BucketName = bucket, Key = key }, cancellation);
            return S3Acl.ToJson(answer.Owner, answer.Grants).Deserialize<JsonElement>();
        }
        catch (AmazonS3Exception gone) when (gone.IsMissingObject())
        {
            return null;
        }
        catch (AmazonS3Exception refused)
        {
            return new JsonObject { ["Error"] = new JsonObject { ["Code"] = refused.ErrorCode ?? "", ["HTTPStatusCode"] = (int)refused.StatusCode } }.Deserialize<JsonElement>();
        }
    }
}
