using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>Adds a location, after everything about it was checked: its key's region, its bucket's, what the bucket says of itself and what it gives to strangers; where its keys are to expire, that such keys can be made and destroyed. What is not safe is not added.</summary>
internal sealed class AddLocation(CatalogueDb catalogue, KnownLocations known, OpenLocation open, LoadLocations load, TryExpiringKeys trial, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="asked">As it was typed.</param>
    public async Task<Outcome> RunAsync(string actor, NewLocation asked, CancellationToken cancellation)
    {
        var row = asked.ToRow(actor, clock.GetUtcNow());
        if ((asked.Error() ?? await TakenAsync(row, cancellation)) is { } error) { return await RefuseAsync(actor, row, new(error), cancellation); }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var location = open.Make(row);
            using var store = (S3ObjectStore)location.Store;
            if (InvalidBucket(location.Bucket!) is { } invalid) { return await RefuseAsync(actor, row, new(invalid), cancellation); }
            if (location.KekRegion != location.Region) { return await RefuseAsync(actor, row, new($"The key '{asked.Key}' lies in {location.KekRegion}, the location in {location.Region}. Name a key of the same region."), cancellation); }
            if (asked.ExpiringKeys && await trial.RunAsync(row.Name, row.Key, cancellation) is { } noKeys) { return await RefuseAsync(actor, row, new(noKeys), cancellation); }

            var steps = asked.Provision ? (await location.Store.ProvisionAsync(limit.Token)).Steps : [];
            var report = await CheckBucket.RunAsync(location.Bucket!, new(null, [], null), limit.Token);
            return report.Public || report.Findings.Any(finding => finding.Rule.Severity is Severity.Critical)
                ? await RefuseAsync(actor, row, new("It is not safe to record into. Mend what is critical, and add it then.") { Steps = steps, Report = report }, cancellation)
                : await SaveAsync(actor, row, cancellation);
        }
        catch (Exception refused) when (refused is ObjectStoreException or StartRefusedException || (refused is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return await RefuseAsync(actor, row, new(refused is OperationCanceledException ? $"{row.Endpoint} did not answer within {Patience.TotalSeconds:0} seconds." : refused.Message), cancellation);
        }
    }

    private async Task<Outcome> SaveAsync(string actor, StorageLocation row, CancellationToken cancellation)
    {
        catalogue.Locations.Add(row);
        catalogue.Record(clock, actor, "location.added", null, AuditOutcome.Allowed, $"{row.Name}: {row.Bucket} at {row.Endpoint}, {row.Region}{(row.ExpiringKeys ? ", keys expire" : "")}");
        try
        {
            await catalogue.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException) when (!cancellation.IsCancellationRequested)
        {
            catalogue.ChangeTracker.Clear();
            if (await TakenAsync(row, cancellation) is { } taken) { return await RefuseAsync(actor, row, new(taken), cancellation); } // somebody was faster

            throw;
        }

        await load.RefreshAsync(cancellation);
        return new Outcome.Added(row.Name);
    }

    private async Task<Outcome> RefuseAsync(string actor, StorageLocation row, Outcome.Refused refused, CancellationToken cancellation)
    {
        var why = $"{row.Name}: {refused.Why}";
        await catalogue.RecordAsync(clock, actor, "location.added", null, AuditOutcome.Refused, why.Length <= 400 ? why : why[..400], cancellation);
        return refused;
    }

    /// <summary>Two locations in one place would each delete what the other keeps.</summary>
    private async Task<string?> TakenAsync(StorageLocation row, CancellationToken cancellation)
    {
        if (row.Name == Location.Main || await catalogue.Locations.AnyAsync(other => other.Name == row.Name, cancellation)) { return $"There is a location '{row.Name}' already."; }

        var others = await catalogue.Locations.AsNoTracking().Where(other => other.Bucket == row.Bucket).ToListAsync(cancellation);
        var places = others.Select(other => (other.Name, Endpoint: new Uri(other.Endpoint), other.Bucket, other.Prefix)).ToList();
        if (known.Main.Bucket is { } main) { places.Add((Location.Main, main.Endpoint!, main.Bucket, main.Prefix)); }
        return places.Find(place => place.Bucket == row.Bucket && place.Endpoint == new Uri(row.Endpoint) && (place.Prefix.StartsWith(row.Prefix, StringComparison.Ordinal) || row.Prefix.StartsWith(place.Prefix, StringComparison.Ordinal))) is { Name: { } name }
            ? $"The location '{name}' is in this bucket already, under '{places.Find(place => place.Name == name).Prefix}'. Name another bucket or prefix."
            : null;
    }

    private static string? InvalidBucket(S3LocationOptions bucket)
    {
        var failures = new List<ValidationResult>();
        return Validator.TryValidateObject(bucket, new(bucket), failures, validateAllProperties: true) ? null : string.Join(" ", failures.Select(failure => failure.ErrorMessage!.Replace("Location:", "", StringComparison.Ordinal)));
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Added(string Name) : Outcome;

        internal sealed record Refused(string Why) : Outcome
        {
            /// <summary>What was prepared, and what could not be.</summary>
            public IReadOnlyList<ProvisionStep> Steps { get; init; } = [];

            /// <summary>What is wrong with the bucket; null: it was not looked at.</summary>
            public BucketReport? Report { get; init; }
        }
    }
}

/// <summary>A location as an admin types it in.</summary>
public sealed record NewLocation
{
    public string? Name { get; init; }
    public string? Region { get; init; }
    public string? Endpoint { get; init; }
    public string? Bucket { get; init; }
    public string? Prefix { get; init; }
    public string? Credential { get; init; }
    public string? Key { get; init; }
    public bool Versioning { get; init; }
    public bool ObjectLock { get; init; }
    public bool CloseAutomatically { get; init; }

    /// <summary>Whether what is recorded there is wrapped for keys that are destroyed with the month in which it expires.</summary>
    public bool ExpiringKeys { get; init; }

    /// <summary>Whether the bucket is made, and made private, where it does not exist or is empty.</summary>
    public bool Provision { get; init; }

    /// <summary>What is wrong with what is needed before the bucket can be asked; null: nothing.</summary>
    internal string? Error() => this switch
    {
        _ when !LocationSecrets.Name().IsMatch(Name ?? "") => $"The name is '{Name}'. It must be 1 to 40 characters of a-z, 0-9 and '-'.",
        _ when string.IsNullOrEmpty(Credential) => "Choose the credential with which the bucket is reached.",
        _ when !Uri.TryCreate(Endpoint, UriKind.Absolute, out _) || Endpoint.Length > 300 => $"The address is '{Endpoint}'. It must be that of an S3 server, like https://s3.example.org, of at most 300 characters.",
        _ when Bucket is not { Length: > 0 and <= 63 } => $"The bucket is '{Bucket}'. Its name has 3 to 63 characters.",
        _ when Region is not { Length: > 0 and <= 40 } => $"The region is '{Region}'. It must be 1 to 40 characters of a-z, 0-9 and '-'.",
        _ when Prefix is { Length: > 200 } => $"The prefix has {Prefix.Length} characters; it may have 200.",
        _ => null,
    };

    internal StorageLocation ToRow(string actor, DateTimeOffset now) => new()
    {
        Name = Name ?? "",
        Region = Region ?? "",
        Endpoint = Endpoint ?? "",
        Bucket = Bucket ?? "",
        Prefix = Prefix ?? "",
        Credential = Credential ?? "",
        Key = string.IsNullOrEmpty(Key) ? null : Key,
        Versioning = Versioning,
        ObjectLock = ObjectLock,
        CloseAutomatically = CloseAutomatically,
        ExpiringKeys = ExpiringKeys,
        AddedAt = now,
        AddedBy = actor,
    };
}
