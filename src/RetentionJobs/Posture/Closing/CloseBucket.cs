using System.Text.Json;
using System.Text.Json.Nodes;
using SecureRecorder.RetentionJobs.Posture.Checks;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Posture.Closing;

/// <summary>
/// Closes a public bucket by the least change that does it: first the switches that take strangers' rights out of force and change no document; where those do not help, the statement or the grant that lets them in. What is
/// changed is saved before; after each change the bucket is looked at again, from inside and as a stranger; and a change with which the owner could not write any more is taken back.
/// </summary>
public static class CloseBucket
{
    /// <param name="demands">What the bucket is looked at with after each change.</param>
    /// <param name="record">Takes every step, with the document that it changes, before it is taken or when its outcome is known.</param>
    /// <returns>Whether strangers get nothing any more.</returns>
    /// <exception cref="ObjectStoreException">The bucket stopped answering.</exception>
    public static async Task<bool> RunAsync(S3LocationOptions location, BucketDemands demands, BucketReport found, Func<ClosingStep, Task> record, CancellationToken cancellation)
    {
        using var run = new Run(location, demands, record, cancellation);
        return await run.CloseAsync(found);
    }

    private sealed class Run(S3LocationOptions location, BucketDemands demands, Func<ClosingStep, Task> record, CancellationToken cancellation) : IDisposable
    {
        private readonly S3BucketCheck _check = new(location, TimeProvider.System);
        private readonly S3BucketChange _change = new(location, TimeProvider.System);

        public async Task<bool> CloseAsync(BucketReport found)
        {
            var objects = found.Findings.Where(finding => finding.Rule.Name == ObjectAcls.Public).Select(finding => finding.Subject!).ToList();
            foreach (var measure in new Func<BucketDocuments, Task<bool>>[] { TightenBlockAsync, RemoveStatementsAsync, said => RemoveGrantsAsync(null, said), said => RemoveGrantsAsync(objects, said) })
            {
                if (await TakeAsync(measure) && await IsClosedAsync(objects)) { return true; }
            }

            return await IsClosedAsync(objects); // somebody else may have been faster
        }

        public void Dispose()
        {
            _check.Dispose();
            _change.Dispose();
        }

        /// <summary>What one measure is refused, another one may do.</summary>
        private async Task<bool> TakeAsync(Func<BucketDocuments, Task<bool>> measure)
        {
            try
            {
                return await measure(await _check.ReadAsync(cancellation));
            }
            catch (ObjectStoreException refused) when (refused.Fault is ObjectStoreFault.Denied or ObjectStoreFault.Rejected || refused.Message.Contains("NotImplemented", StringComparison.Ordinal))
            {
                await record(new($"It was refused: {refused.Message}", null, null));
                return false;
            }
        }

        private async Task<bool> TightenBlockAsync(BucketDocuments said)
        {
            var document = said.Documents["pab"];
            if (!new PostureContext(new JsonObject { ["server"] = said.Server }.Deserialize<JsonElement>()).HasPublicAccessBlock || document.AbsenceOf() is not (Absence.None or Absence.NotConfigured)) { return false; } // what cannot be read is not overwritten

            var (isSet, before) = (document.AbsenceOf() is Absence.None, PublicAccessBlock.Read(document));
            if (before is { IgnorePublicAcls: true, RestrictPublicBuckets: true }) { return false; }

            await record(new("Public access block: switches on IgnorePublicAcls and RestrictPublicBuckets, and leaves the rest as it is.", "pab", document.GetRawText()));
            await PutAsync(before with { IgnorePublicAcls = true, RestrictPublicBuckets = true });
            if (await _change.CanWriteAsync(cancellation)) { return true; }

            if (isSet) { await PutAsync(before); } else { await _change.DeleteBlockAsync(cancellation); }
            await record(new("Public access block: taken back, because with it the server refused the owner's own writes.", null, null));
            return false;
        }

        private Task PutAsync(PublicAccessBlock block) => _change.PutBlockAsync(block.BlockPublicAcls, block.IgnorePublicAcls, block.BlockPublicPolicy, block.RestrictPublicBuckets, cancellation);

        private async Task<bool> RemoveStatementsAsync(BucketDocuments said)
        {
            var policy = said.Documents["policy"];
            var context = new PostureContext(new JsonObject { ["server"] = said.Server, ["bucket"] = location.Bucket, ["account_id"] = demands.Account }.Deserialize<JsonElement>());
            if (policy.AbsenceOf() is not Absence.None || OffendingStatements.Remove(policy, context) is not (> 0, var rest) removal) { return false; }

            await record(new(
                rest is null ? "Policy: takes it away, because every statement of it lets strangers in." : $"Policy: takes out {(removal.Removed == 1 ? "the statement that lets" : $"the {removal.Removed} statements that let")} strangers in, and leaves the others.",
                "policy", policy.GetRawText()));
            if (rest is null) { await _change.DeleteEmptyPolicyAsync(cancellation); } else { await _change.PutPolicyAsync(rest, cancellation); }
            return true;
        }

        private async Task<bool> RemoveGrantsAsync(IReadOnlyList<string>? objects, BucketDocuments said)
        {
            if (said.Documents["acl"].AbsenceOf() is Absence.Unsupported) { return false; }

            var removed = false;
            foreach (var key in objects ?? (IEnumerable<string?>)[null])
            {
                var what = key is null ? "Access control list" : $"Access control list of {key}";
                var grants = await _change.RemovePublicGrantsAsync(key, saved => record(new($"{what}: takes out what it gives to everybody, and leaves the rest.", key is null ? "acl" : $"acl of {key}", saved)), cancellation);
                removed |= grants.Count > 0;
            }

            return removed;
        }

        /// <summary>By what the bucket says, by what strangers get of it, and by what they get of each object that was open.</summary>
        private async Task<bool> IsClosedAsync(List<string> objects)
        {
            if ((await CheckBucket.RunAsync(location, demands with { Objects = [.. demands.Objects.Union(objects, StringComparer.Ordinal)] }, cancellation)).Public) { return false; }

            foreach (var key in objects)
            {
                if ((await _check.AskForObjectAsync(key, cancellation)).Verdict is StrangerVerdict.Public) { return false; }
            }

            return true;
        }
    }
}

/// <summary>One step of closing a bucket.</summary>
/// <param name="What">In words.</param>
/// <param name="SavedKind">Which document it changes; null: none.</param>
/// <param name="Saved">The document as it was.</param>
public sealed record ClosingStep(string What, string? SavedKind, string? Saved);
