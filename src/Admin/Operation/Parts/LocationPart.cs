using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>Where recordings go: for each location the look that decides whether anything is recorded there, and what could not be set when the server started.</summary>
internal sealed class LocationPart(KnownLocations locations, LocationGates gates, ProvisionLocation provision) : IServerPart
{
    public string Name => "Storage location";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var main = await gates.Of(locations.Main).LookedAsync(cancellation);
        var others = await OthersAsync(cancellation);
        var missing = provision.Report?.Missing.ToList() ?? [];
        var (state, words) = main switch
        {
            { Refusal: { } refusal } => (PartState.Broken, refusal),
            _ when others.Find(other => other.Refusal is not null) is { Refusal: { } refusal } other => (PartState.Broken, $"{other.Name}: {refusal}"),
            _ when provision.IsAway => (PartState.Warning, "It is reachable and private, and was not when the server started: restart the server, so that it is prepared."),
            _ when missing.Count > 0 => (PartState.Warning, "It is reachable and private. Not everything could be set when the server started."),
            _ => (PartState.Fine, others.Count == 0 ? "It is reachable, and a stranger sees nothing of it." : $"All {others.Count + 1} are reachable, and a stranger sees nothing of them."),
        };
        List<(string, string)> facts =
        [
            ("Kind", PlaceOf(locations.Main)),
            ("Region", locations.Main.Region),
            ("Looked at", Words.Time(main.At.ToUnixTimeMilliseconds())),
        ];
        if (main.Finding is { } finding) { facts.Add(("As a stranger", finding)); }
        facts.AddRange(missing.Select(step => ($"Not set: {step.Measure}", step.Detail)));
        facts.AddRange(others.Select(other => ($"Also: {other.Name}", other.Refusal is null ? other.Place : "nothing is recorded there")));
        return PartHealth.Of(Name, state, words, [.. facts]);
    }

    private async Task<List<(string Name, string Place, string? Refusal)>> OthersAsync(CancellationToken cancellation)
    {
        var others = new List<(string, string, string?)>();
        foreach (var location in locations.All.Where(location => location != locations.Main && !location.IsClosed))
        {
            others.Add((location.Name, $"{PlaceOf(location)}, {location.Region}", (await gates.Of(location).LookedAsync(cancellation)).Refusal));
        }

        return [.. others, .. locations.OutOfReach.Select(other => (other.Key, "", (string?)other.Value))];
    }

    private static string PlaceOf(Location location) => location.Bucket is { } bucket ? $"bucket {bucket.Bucket} at {bucket.Endpoint?.Authority}" : "folder";
}
