using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>Open tracks, one a grant and track, so that a key is unwrapped once and not for each segment. Their keys are zeroed when the time is over.</summary>
internal sealed class ReplayTracks : IDisposable
{
    /// <summary>Keys are zeroed in time also when nobody asks for anything any more.</summary>
    private static readonly TimeSpan SweepsEvery = TimeSpan.FromSeconds(2);

    private readonly KnownLocations locations;
    private readonly TrackSigners signers;
    private readonly IOptions<ReplayOptions> options;
    private readonly TimeProvider clock;
    private readonly Dictionary<(Guid Grant, string Track), Shared> _open = [];
    private readonly Lock _gate = new();
    private readonly ITimer _sweeping;

    public ReplayTracks(KnownLocations locations, TrackSigners signers, IOptions<ReplayOptions> options, TimeProvider clock)
    {
        (this.locations, this.signers, this.options, this.clock) = (locations, signers, options, clock);
        _sweeping = clock.CreateTimer(_ => Sweep(), null, SweepsEvery, SweepsEvery);
    }

    /// <summary>Borrows a track. Give it back by disposing the loan.</summary>
    /// <exception cref="TrackUnreadableException">Its key is gone.</exception>
    /// <exception cref="TrackAlteredException">It is not what its writer made.</exception>
    /// <exception cref="KeyServiceException">The key vault does not unwrap its key now.</exception>
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
                if (shared.Track is null)
                {
                    shared.Track = await OpenAsync(session, track, catalogue, cancellation);
                    shared.OpenedAt = shared.Track.UnwrappedAt ?? shared.OpenedAt;
                }
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

    /// <summary>Why nothing of a replay can be opened at the moment, where that is the key vault's doing. What else is wrong with it the player says.</summary>
    public async Task<KeyServiceException?> VaultIsAwayAsync(GrantedReplay replay, CatalogueDb catalogue, CancellationToken cancellation)
    {
        try
        {
            using var loan = await BorrowAsync(replay.Grant.Id, replay.Session, replay.Right.Allows(TrackName.Video) ? TrackName.Video : TrackName.Chat, catalogue, cancellation);
            return null;
        }
        catch (KeyServiceException away)
        {
            return away;
        }
        catch (Exception other) when (other is TrackUnreadableException or TrackAlteredException or ObjectStoreException)
        {
            return null;
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
        _sweeping.Dispose();
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

    private void Sweep()
    {
        lock (_gate) { CloseExpired(); }
    }

    private void CloseExpired()
    {
        var limit = TimeSpan.FromSeconds(options.Value.KeySeconds) - SweepsEvery;
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
        /// <summary>Since when its key lies in memory.</summary>
        public long OpenedAt { get; set; } = openedAt;

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
