using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

using SecureRecorder.Admin.Locations;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recording;

/// <summary>Hands out addresses for single objects: only after the consent, only into a safe location, never for what is committed already.</summary>
internal sealed class HandOutAddresses(CatalogueDb catalogue, KnownLocations locations, LocationGates gates)
{
    /// <summary>How far ahead of the last committed segment an address may be asked for: hours of 5-second segments.</summary>
    private const long Ahead = 20_000;

    /// <param name="server">The server as the recorder reaches it: a folder location is written by way of it.</param>
    public async Task<IResult> RunAsync(Guid id, AddressesRequest request, Uri server, CancellationToken cancellation)
    {
        if (request.Names is not { Count: > 0 and <= AddressesRequest.MaximumNames })
        {
            return Problems.BadRequest("Too many names, or none.", $"{request.Names?.Count ?? 0} were asked for; 1 to {AddressesRequest.MaximumNames} may be.");
        }

        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == id, cancellation);
        if (RecordingRules.Refusal(session, request.Track) is { } refusal) { return refusal; }

        if (await catalogue.NeverStoredAsync(session, request.Track, cancellation) is { } never) { return never; }

        var committed = session.Tracks.FirstOrDefault(t => t.Name == request.Track)?.Segments ?? 0;
        foreach (var name in request.Names)
        {
            if (NameRefusal(name, request.Track, committed) is { } refused) { return refused; }
        }

        if (await gates.RefusalAsync(session.Location, cancellation) is { } unsafeLocation) { return Problems.Unavailable("Nothing can be stored now.", unsafeLocation); }

        var (location, track) = (locations.Of(session.Location), new TrackName(request.Track));
        return TypedResults.Ok(new AddressesAnswer([.. request.Names.Select(name =>
        {
            var address = location.Store.PresignPut(TrackObjects.NameOf(id, track, name), AddressesRequest.Validity);
            return new ObjectAddress(name, location.Bucket is null ? new Uri(server, address.Url.PathAndQuery) : address.Url, address.Headers, address.ExpiresAt);
        })]));
    }

    private static ProblemHttpResult? NameRefusal(string? name, string track, long committed)
    {
        if (!TrackObjects.IsWritable(name))
        {
            return Problems.BadRequest("This object is not a recorder's to write.", $"'{name}' is not key.json, manifest.jws or a segment such as 00000000.seal.");
        }

        if (TrackObjects.TryParseSegment(name, out var index) ? index < committed : name == TrackObjects.KeyFile && committed > 0)
        {
            return Problems.OutOfStep("This object is committed already.", $"'{name}' of track '{track}' is in the bucket and is never written again.", committed);
        }

        return index > committed + Ahead
            ? Problems.BadRequest("This segment is too far ahead.", $"'{name}' is more than {Ahead} segments ahead of the {committed} that are committed.")
            : null;
    }
}

/// <summary>What a recorder may do in which state.</summary>
internal static class RecordingRules
{
    private static readonly string[] RecordersTracks = [TrackName.Video.Value, TrackName.Thumbnails.Value, TrackName.Events.Value];

    /// <summary>Null when the policy that the notice showed keeps such a track, or the session has it already.</summary>
    public static async Task<IResult?> NeverStoredAsync(this CatalogueDb catalogue, RecordedSession session, string track, CancellationToken cancellation) =>
        session.Tracks.All(t => t.Name != track) && RetentionDates.PartOf(track) is { } part && (await catalogue.PolicyAsync(session.Policy, cancellation))?.Of(part).Keep is RetentionKind.None
            ? Problems.Forbidden("This track is never stored.", $"The retention policy that the recorded person was shown stores no '{track}'.") : null;

    /// <summary>Null when the session takes data for this track; else the answer that says why not.</summary>
    public static IResult? Refusal(RecordedSession session, string? track)
    {
        if (!RecordersTracks.Contains(track)) { return Problems.Forbidden("This track is not a recorder's to write.", $"'{track}' is not one of {string.Join(", ", RecordersTracks)}."); }

        return session switch
        {
            { ConsentAt: null } or { ConsentDigest: null } => Problems.Forbidden("There is no consent.", "Nothing is stored before the person has allowed it."),
            { State: not (SessionState.Ready or SessionState.Recording or SessionState.Paused or SessionState.Ending) } =>
                Problems.Conflict("The session is over.", $"Its state is {session.State}; nothing is stored in it any more."),
            _ when session.Tracks.Any(t => t.Name == track && t.Finished) => Problems.Conflict("The track is finished.", $"The manifest of '{track}' is in the bucket; nothing follows it."),
            _ => null,
        };
    }
}
