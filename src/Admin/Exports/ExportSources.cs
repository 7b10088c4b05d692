using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Exports;

/// <summary>Opens what an export is made of, and reads each track to its end before a byte of it is written: what is altered or unreadable stays out.</summary>
internal sealed class ExportSources(CatalogueDb catalogue, KnownLocations locations, TrackSigners signers)
{
    private const long ManifestLimit = 64 << 20;

    /// <exception cref="TrackAlteredException">The receipt of the session is not the one that was given: nothing of it is exported.</exception>
    /// <exception cref="TrackUnreadableException">There is no receipt any more: nothing of it opens.</exception>
    public async Task<Opened> OpenAsync(RecordedSession session, IEnumerable<string> tracks, ExportProgress progress, CancellationToken cancellation)
    {
        var consent = await locations.Of(session.Location).Reader.ReadConsentAsync(session.Id, cancellation);
        if (session.ConsentDigest is { } known && !known.AsSpan().SequenceEqual(consent.Digest))
        {
            throw new TrackAlteredException($"The consent receipt of session {session.Id} is not the one that was given.");
        }

        var opened = new Opened(consent);
        try
        {
            foreach (var name in tracks) { opened.Add(await CheckAsync(session, new(name), consent.Digest, progress, cancellation)); }
            opened.Add(await CheckAsync(session, TrackName.Consent, default, new ExportProgress(0), cancellation));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private async Task<Source> CheckAsync(RecordedSession session, TrackName name, ReadOnlyMemory<byte> consent, ExportProgress progress, CancellationToken cancellation)
    {
        OpenTrack? track = null;
        try
        {
            var committed = await catalogue.Commits.AsNoTracking().Where(c => c.Session == session.Id && c.Track == name.Value).OrderBy(c => c.Index)
                .Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key)).ToListAsync(cancellation);
            var location = locations.Of(session.Location);
            track = await location.Reader.OpenAsync(session.Id, name, consent, signers.Of(session), committed, cancellation);
            var verified = await track.VerifyAsync(new Counting(track, progress), cancellation);
            var manifest = track.Manifest is null ? null : await location.Store.GetAsync(TrackObjects.NameOf(session.Id, name, TrackObjects.Manifest), ManifestLimit, cancellation);
            if (manifest is not null) { Manifest.Verify(Encoding.ASCII.GetString(manifest), session.Id, name); }
            return new(name, verified, track, manifest);
        }
        catch (Exception refused) when (refused is TrackUnreadableException or TrackAlteredException)
        {
            track?.Dispose();
            return new(name, new(name, refused is TrackAlteredException ? TrackStatus.Altered : TrackStatus.Unreadable, 0, 0, [refused.Message]), null, null);
        }
        catch
        {
            track?.Dispose();
            throw;
        }
    }

    /// <summary>Counts at once, in order.</summary>
    private sealed class Counting(OpenTrack track, ExportProgress progress) : IProgress<long>
    {
        public void Report(long value) => progress.Add(track.Segments[(int)value].Size);
    }

    /// <summary>All of them.</summary>
    internal sealed class Opened(ReadConsent consent) : IDisposable
    {
        private readonly List<Source> _sources = [];

        public ReadConsent Consent => consent;
        public IReadOnlyList<Source> All => _sources;

        /// <summary>The track, if it may be written.</summary>
        public OpenTrack? Of(TrackName name) =>
            _sources.FirstOrDefault(source => source.Name == name && source.Verification.Status is TrackStatus.Verified or TrackStatus.Incomplete && source.Name == name)?.Track;

        public void Add(Source source) => _sources.Add(source);

        public void Dispose()
        {
            foreach (var source in _sources) { source.Track?.Dispose(); }
        }
    }

    /// <summary>One track, and what became of checking it.</summary>
    /// <param name="Manifest">The content of its <c>manifest.jws</c>.</param>
    internal sealed record Source(TrackName Name, TrackVerification Verification, OpenTrack? Track, byte[]? Manifest);
}
