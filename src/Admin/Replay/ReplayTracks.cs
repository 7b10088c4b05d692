using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>Open tracks, one a grant and track, so that a key is unwrapped once and not for each segment. Their keys are zeroed when the time is over.</summary>
internal sealed class ReplayTracks(KnownLocations locations, TrackSigners signers, IOptions<ReplayOptions> options, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<(Guid Grant, string Track), Shared> _open = [];
    private readonly Lock _gate = new();

    /// <summary>Borrows a track. Give it back by disposing the loan.</summary>
    /// <exception cref="TrackUnreadableException">Its key is gone.</exception>
    /// <exception cref="TrackAlteredException">It is not what its writer made.</exception>
    public async Task<Loan> BorrowAsync(Guid grant, RecordedSession session, TrackName track, CatalogueDb catalogue, CancellationToken cancellation)
    {
        Shared shared;
        var isOver = !ReplayDescription.IsLive(session);
        lock (_gate)
        {
            CloseExpired();
            if (isOver && _open.TryGetValue((grant, track.Value), out var earlier) && !earlier.WasOver) { Expire((grant, track.Value)); } // signed meanwhile: from now on its manifest counts
            if (!_open.TryGetValue((grant, track.Value), out shared!))
            {
                shared = new(clock.GetTimestamp(), isOver);
                _open.Add((grant, track.Value), shared);
            }

            shared.Borrowers++;
        }

        var loan = new Loan(this, shared);
        try
        {
            await shared.Opening.WaitAsync(cancellation);
            try
            {
                shared.Track ??= await OpenAsync(session, track, catalogue, cancellation);
            }
            finally
            {
                shared.Opening.Release();
            }

            if (shared.Track.Manifest is null) { shared.Track.Extend(await CommittedAsync(session.Id, track, catalogue, cancellation)); }
            loan.Track = shared.Track;
            return loan;
        }
        catch
        {
            lock (_gate) { _open.Remove((grant, track.Value)); shared.Expired = true; }
            loan.Dispose();
            throw;
        }
    }

    /// <summary>Closes what a grant had open, as soon as nobody reads it.</summary>
    public void Close(Guid grant)
    {
        lock (_gate)
        {
            foreach (var key in _open.Keys.Where(key => key.Grant == grant).ToList()) { Expire(key); }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var key in _open.Keys.ToList()) { Expire(key); }
        }
    }

    private async Task<OpenTrack> OpenAsync(RecordedSession session, TrackName track, CatalogueDb catalogue, CancellationToken cancellation)
    {
        var reader = locations.Of(session.Location).Reader;
        var consent = await reader.ReadConsentAsync(session.Id, cancellation);
        if (session.ConsentDigest is { } known && !known.AsSpan().SequenceEqual(consent.Digest))
        {
            throw new TrackAlteredException($"The consent receipt of session {session.Id} is not the one that was given.");
        }

        var committed = await CommittedAsync(session.Id, track, catalogue, cancellation);
        return await reader.OpenAsync(session.Id, track, consent.Digest, signers.Of(session), committed, cancellation);
    }

    private static async Task<IReadOnlyList<ManifestSegment>> CommittedAsync(Guid session, TrackName track, CatalogueDb catalogue, CancellationToken cancellation) =>
        await catalogue.Commits.AsNoTracking()
            .Where(c => c.Session == session && c.Track == track.Value)
            .OrderBy(c => c.Index)
            .Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key))
            .ToListAsync(cancellation);

    private void CloseExpired()
    {
        var limit = TimeSpan.FromSeconds(options.Value.KeySeconds);
        foreach (var key in _open.Where(open => clock.GetElapsedTime(open.Value.OpenedAt) >= limit).Select(open => open.Key).ToList()) { Expire(key); }
    }

    private void Expire((Guid, string) key)
    {
        if (!_open.Remove(key, out var shared)) { return; }
        shared.Expired = true;
        if (shared.Borrowers == 0) { shared.Close(); }
    }

    private void Return(Shared shared)
    {
        lock (_gate)
        {
            shared.Borrowers--;
            if (shared is { Borrowers: 0, Expired: true }) { shared.Close(); }
        }
    }

    /// <summary>A borrowed track.</summary>
    internal sealed class Loan : IDisposable
    {
        private readonly ReplayTracks _owner;
        private readonly Shared _shared;
        private bool _returned;

        internal Loan(ReplayTracks owner, Shared shared)
        {
            _owner = owner;
            _shared = shared;
        }

        public OpenTrack Track { get; internal set; } = null!;

        public void Dispose()
        {
            if (_returned) { return; }
            _returned = true;
            _owner.Return(_shared);
        }
    }

    internal sealed class Shared(long openedAt, bool wasOver)
    {
        public long OpenedAt { get; } = openedAt;

        /// <summary>Whether the session had ended when it was opened.</summary>
        public bool WasOver { get; } = wasOver;

        public SemaphoreSlim Opening { get; } = new(1, 1);
        public OpenTrack? Track { get; set; }
        public int Borrowers { get; set; }
        public bool Expired { get; set; }

        public void Close()
        {
            Track?.Dispose();
            Opening.Dispose();
        }
    }
}
