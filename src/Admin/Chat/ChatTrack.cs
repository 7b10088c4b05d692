using System.Buffers.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Chat;

/// <summary>The track <c>chat</c>, which the server writes: JSON Lines, sealed, put, then committed. Its manifest is signed when the session ends.</summary>
/// <remarks>Source: FORMAT.md §6. What is put and not committed when the server dies was never acknowledged, and is removed when the track is taken up again.</remarks>
internal sealed class ChatTrack(CatalogueDb catalogue, KnownLocations locations, SigningKey server)
{
    public const string MediaType = "application/jsonl";
    private const long KeyFileLimit = 64 << 10;

    /// <param name="ending">Seals also while the session's clock has no zero yet: nothing of the screen will follow.</param>
    /// <exception cref="ObjectStoreException">The bucket does not take it.</exception>
    public async Task<Appended> AppendAsync(Guid id, IReadOnlyList<ChatMessage> messages, UnsealedChat unsealed, bool ending, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == id, cancellation);
        var row = session.Tracks.FirstOrDefault(track => track.Name == TrackName.Chat.Value);
        if (session.State is not (SessionState.Recording or SessionState.Paused or SessionState.Ending) || row is { Finished: true }) { return new Appended.TooLate(); }
        if ((session.StartedAt ?? (ending ? session.ConsentAt : null)) is not { } zero) { return new Appended.NotYet(); }

        try
        {
            unsealed.Writer ??= row is null ? await BeginAsync(session, cancellation) : await TakeUpAsync(session, row, cancellation);
            var lines = messages.Select(message => ChatLine.Of(message, zero)).ToList();
            var segment = unsealed.Writer.Seal(ChatLine.Write(lines), lines[0].At, lines[^1].At - lines[0].At, key: true);
            await PutAsync(session, segment.Name, segment.Content, cancellation);
            await catalogue.ChangeAsync(() => CommitAsync(id, segment, cancellation));
            return new Appended.Sealed();
        }
        catch
        {
            unsealed.Writer?.Dispose(); // its chain is ahead of what was committed
            unsealed.Writer = null;
            throw;
        }
    }

    private async Task<TrackWriter> BeginAsync(RecordedSession session, CancellationToken cancellation)
    {
        await RemoveUncommittedAsync(session, committed: 0, cancellation);
        var wraps = await locations.Of(session.Location).WrapsAsync(catalogue, session, TrackName.Chat.Value, cancellation);
        var writer = new TrackWriter(session.Id, TrackName.Chat, session.ConsentDigest, wraps.Key, server);
        await PutAsync(session, TrackObjects.KeyFile, writer.KeyFile, cancellation);
        return writer;
    }

    private async Task<TrackWriter> TakeUpAsync(RecordedSession session, RecordedTrack row, CancellationToken cancellation)
    {
        await RemoveUncommittedAsync(session, row.Segments, cancellation);
        var location = locations.Of(session.Location);
        var keyFile = await location.Store.GetAsync(TrackObjects.NameOf(session.Id, TrackName.Chat, TrackObjects.KeyFile), KeyFileLimit, cancellation)
            ?? throw new TrackUnreadableException($"The key of the chat of session {session.Id} is gone: nothing more is recorded of it.");
        var key = await location.Keys.UnwrapAsync(JsonSerializer.Deserialize(keyFile, FormatJson.Default.KeyFile)!, cancellation);
        var committed = await catalogue.Commits.AsNoTracking().Where(c => c.Session == session.Id && c.Track == row.Name).OrderBy(c => c.Index)
            .Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key)).ToListAsync(cancellation);
        return TrackWriter.Resume(session.Id, TrackName.Chat, session.ConsentDigest, key, keyFile, committed, server);
    }

    private async Task<bool> CommitAsync(Guid id, SealedSegment segment, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.Include(s => s.Tracks).SingleAsync(s => s.Id == id, cancellation);
        var row = session.Tracks.FirstOrDefault(track => track.Name == TrackName.Chat.Value);
        if (row is null)
        {
            var wraps = await locations.Of(session.Location).WrapsAsync(catalogue, session, TrackName.Chat.Value, cancellation);
            row = new() { Session = id, Name = TrackName.Chat.Value, MediaType = MediaType, ExpiryKey = wraps.ExpiryKey };
            catalogue.Tracks.Add(row);
        }

        var (entry, chain) = (segment.Entry, row.Chain is { } head ? SegmentChain.Resume(id, TrackName.Chat, head, row.Segments) : SegmentChain.Start(id, TrackName.Chat));
        row.Chain = chain.Append(entry).Text;
        row.Checkpoint = Base64Url.DecodeFromChars(segment.Checkpoint);
        row.Segments = entry.Index + 1;
        row.Size += entry.Size;
        row.Duration = entry.Start + entry.Duration;
        catalogue.Commits.Add(new() { Session = id, Track = row.Name, Index = entry.Index, Size = entry.Size, Sha256 = entry.Sha256, Start = entry.Start, Duration = entry.Duration, Key = entry.Key });
        catalogue.Entry(session).State = EntityState.Modified; // counts on: who finishes it at the same moment looks again
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }

    private async Task PutAsync(RecordedSession session, string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var full = TrackObjects.NameOf(session.Id, TrackName.Chat, name);
        if (!await locations.Of(session.Location).Store.PutOnceAsync(full, content, cancellation)) { throw new ObjectStoreException($"'{full}' exists already with another content.", ObjectStoreFault.Rejected); }
    }

    /// <summary>Removes segments from the first that was not committed on; all of the track where nothing was.</summary>
    private async Task RemoveUncommittedAsync(RecordedSession session, long committed, CancellationToken cancellation)
    {
        var (store, left) = (locations.Of(session.Location).Store, new List<ObjectVersion>());
        await foreach (var version in store.ListVersionsAsync(TrackObjects.Prefix(session.Id, TrackName.Chat), cancellation))
        {
            if (committed == 0 || (TrackObjects.TryParseSegment(version.Name, out var index) && index >= committed)) { left.Add(version); }
        }

        if (left.Count > 0 && await store.DeleteAsync(left, cancellation) is [var failed, ..]) { throw new ObjectStoreException($"'{failed.Version.Name}' was never committed and could not be removed: {failed.Reason}"); }
    }

    /// <summary>What became of the messages.</summary>
    internal abstract record Appended
    {
        private Appended() { }
        internal sealed record Sealed : Appended;
        internal sealed record NotYet : Appended;
        internal sealed record TooLate : Appended;
    }
}
