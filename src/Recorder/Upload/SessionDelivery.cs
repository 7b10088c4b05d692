using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Upload;

/// <summary>Brings one session's spool to the bucket and to the server, and finishes the session there.</summary>
internal sealed class SessionDelivery : IDisposable
{
    private readonly SessionSpool _spool;
    private readonly AddressBook _addresses;
    private readonly Uploader _uploader;
    private readonly Outage _server;
    private readonly Outage _store;

    public SessionDelivery(SessionSpool spool, HttpClient http, TimeProvider time, Terminal terminal)
    {
        _spool = spool;
        _server = new(time, reason => terminal.Say(reason is null
            ? "The server answers again."
            : $"The server does not answer; trying again ({reason}). Nothing is lost: what is recorded waits sealed in {spool.Folder}."));
        _store = new(time, reason => terminal.Say(reason is null
            ? "The store takes segments again."
            : $"The store does not take segments; trying again ({reason}). Nothing is lost: they wait sealed in {spool.Folder}."));
        Api = new(http, spool.Server, spool.Token, _server);
        _addresses = new(Api, time);
        _uploader = new(spool, Api, new(http, spool, _addresses, _store), time);
    }

    public RecorderApi Api { get; }

    /// <summary>Puts and commits until the spool is complete and empty.</summary>
    /// <exception cref="ServerRefusedException">The server will never take the rest.</exception>
    public Task RunAsync(CancellationToken cancellation) => _uploader.RunAsync(cancellation);

    /// <summary>Somebody waits for the end: no more waiting for company.</summary>
    public void Hurry()
    {
        _server.Hurry();
        _store.Hurry();
    }

    /// <summary>Tells the server that all is there. Returns the session's state, e.g. <c>recorded</c>.</summary>
    /// <exception cref="ServerRefusedException">The server refuses for good.</exception>
    public async Task<string> FinishAsync(CancellationToken cancellation)
    {
        var tracks = _spool.Tracks.Where(track => track.Segments.Count > 0).Select(track => new FinishedTrack(track.Name, track.Segments.Count, track.HasManifest)).ToList();
        var answer = await Api.FinishAsync(new(_spool.End ?? TrackEnd.ConnectionLost, tracks), cancellation);
        return answer.State;
    }

    public void Dispose() => _addresses.Dispose();
}
