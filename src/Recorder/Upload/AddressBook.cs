using System.Collections.Concurrent;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Upload;

/// <summary>Upload addresses, asked for in batches: one request gives the next segments' too. Safe for concurrent use.</summary>
internal sealed class AddressBook(RecorderApi api, TimeProvider time) : IDisposable
{
    /// <summary>Names asked for at once, as far as there is no backlog: the next minute's.</summary>
    public const int Batch = 12;

    /// <summary>An address that expires sooner than this is not begun with.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<(string Track, string Name), ObjectAddress> _known = [];
    private readonly SemaphoreSlim _asking = new(1);

    /// <summary>An address for this object, used once.</summary>
    public async Task<ObjectAddress> TakeAsync(SpooledObject wanted, CancellationToken cancellation)
    {
        if (TryTake(wanted) is { } ready) { return ready; }

        await _asking.WaitAsync(cancellation);
        try
        {
            if (TryTake(wanted) is { } meanwhile) { return meanwhile; }

            var answer = await api.AddressesAsync(new(wanted.Track.Name, NamesFrom(wanted)), cancellation);
            foreach (var address in answer.Addresses) { _known[(wanted.Track.Name, address.Name)] = address; }
            return _known.TryRemove((wanted.Track.Name, wanted.Name), out var asked)
                ? asked
                : throw new IOException($"The server gave no address for '{wanted.Name}' of track '{wanted.Track.Name}'.");
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>The address of this object was refused: others asked for at the same time are no better.</summary>
    public void Forget(string track)
    {
        foreach (var known in _known.Keys.Where(known => known.Track == track)) { _known.TryRemove(known, out _); }
    }

    public void Dispose() => _asking.Dispose();

    private ObjectAddress? TryTake(SpooledObject wanted) =>
        _known.TryRemove((wanted.Track.Name, wanted.Name), out var address) && address.ExpiresAt - time.GetUtcNow() > Margin ? address : null;

    private static List<string> NamesFrom(SpooledObject wanted)
    {
        var first = Math.Max(wanted.Index, 0);
        List<string> names = wanted.Index < 0 ? [wanted.Name] : [];
        if (wanted.Name == TrackObjects.Manifest) { return names; }
        var backlog = wanted.Track.Segments.Count - first;
        var count = Math.Clamp(backlog, Batch, AddressesRequest.MaximumNames);
        for (var index = first; names.Count < count; index++) { names.Add(TrackObjects.SegmentName(index)); }
        return names;
    }
}
