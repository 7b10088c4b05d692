using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>Where recordings go: the look that decides whether anything is recorded there, and what could not be set when the server started.</summary>
internal sealed class LocationPart(LocationGate gate, ProvisionLocation provision, IOptions<LocationOptions> location, IOptions<S3LocationOptions> bucket) : IServerPart
{
    public string Name => "Storage location";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var look = await gate.LookedAsync(cancellation);
        var missing = provision.Report?.Missing.ToList() ?? [];
        var (state, words) = look switch
        {
            { Refusal: { } refusal } => (PartState.Broken, refusal),
            _ when provision.IsAway => (PartState.Warning, "It is reachable and private, and was not when the server started: restart the server, so that it is prepared."),
            _ when missing.Count > 0 => (PartState.Warning, "It is reachable and private. Not everything could be set when the server started."),
            _ => (PartState.Fine, "It is reachable, and a stranger sees nothing of it."),
        };
        List<(string, string)> facts =
        [
            ("Kind", location.Value.Kind == LocationOptions.S3 ? $"bucket {bucket.Value.Bucket} at {bucket.Value.Endpoint?.Authority}" : "folder"),
            ("Region", location.Value.Region),
            ("Looked at", Words.Time(look.At.ToUnixTimeMilliseconds())),
        ];
        if (look.Finding is { } finding) { facts.Add(("As a stranger", finding)); }
        facts.AddRange(missing.Select(step => ($"Not set: {step.Measure}", step.Detail)));
        return PartHealth.Of(Name, state, words, [.. facts]);
    }
}
