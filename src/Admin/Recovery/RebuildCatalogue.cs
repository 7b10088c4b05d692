using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.AuditTrail;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Makes a catalogue anew from the bucket: the audit trail as far as it was sealed, tombstones of what is deleted, and every session that opens. A killed run goes on where it was.</summary>
/// <param name="named">Thumbprints of the server's keys, as the operator knows them; empty: see <see cref="AcceptedKeys"/>.</param>
internal sealed class RebuildCatalogue(
    IDbContextFactory<CatalogueDb> catalogues, KnownLocations locations, NamedKeys stores, SigningKey server, DataFolder folder, RecoveryProgress progress, IReadOnlyCollection<string> named, TimeProvider clock) : IDisposable
{
    /// <summary>Name of the cursor that says that a catalogue was made so: a run that was killed, or is repeated with another key, may add to it.</summary>
    internal const string Marker = "recovered";

    private const int Parallelism = 4;

    private readonly ConcurrentBag<IndexLine> _lines = [];
    private readonly SemaphoreSlim _writing = new(1, 1);

    private Location Main => locations.Main;

    /// <summary>Keys that the operator named, now or when an earlier run took something over.</summary>
    private List<string> Known => [.. named, .. EarlierServerKeys.Read(folder.Keys).Select(key => key.Thumbprint)];

    /// <exception cref="StartRefusedException">The catalogue is one that a server has worked with.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer: what is in the catalogue stays.</exception>
    public async Task<IndexReport> RunAsync(CancellationToken cancellation)
    {
        await ClaimAsync(cancellation);
        var history = await RestoreAsync(cancellation);
        var keys = new AcceptedKeys(Known, server.Public.Thumbprint, [.. history.Signers.Select(key => key.Thumbprint)]);
        foreach (var key in history.Signers) { keys.Accept(key); }
        Keep(keys);
        await RecordAsync(history, cancellation);

        var certificates = await FoundCertificates.ListAsync(Main.Store, cancellation);
        foreach (var session in certificates.Sessions) { await BuryAsync(session, history, keys, cancellation); }
        var months = new RebuildMonths(Main, stores, server, keys);
        var read = new ReadSession(Main, history, keys, await RestoreAsync(months, keys, cancellation), clock);
        await Parallel.ForEachAsync(
            StoredSession.ListAsync(Main.Store, cancellation), new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellation },
            async (stored, token) => await IndexAsync(stored, read, certificates, keys, token));

        await SealAsync(history, cancellation);
        progress.Close();
        return new(history.InWords, months.Notes, server.Public.Thumbprint, [.. EarlierServerKeys.Read(folder.Keys).Select(key => key.Thumbprint)], [.. _lines.OrderBy(line => line.Session.ToString("D"), StringComparer.Ordinal)]);
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>Only an empty catalogue is filled.</summary>
    private async Task ClaimAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        await catalogue.BringUpToDateAsync(cancellation);
        if (await catalogue.AuditCursors.AnyAsync(cursor => cursor.Name == Marker, cancellation)) { return; }
        if (await catalogue.Sessions.AnyAsync(cancellation) || await catalogue.Audit.AnyAsync(cancellation) || await catalogue.Notices.AnyAsync(cancellation))
        {
            throw new StartRefusedException("The catalogue is not empty: a server has worked with it. It is rebuilt before the first start of the new server. To begin again, stop the server and take its database away (catalogue.db in the data folder, or all tables of the PostgreSQL database).");
        }

        catalogue.AuditCursors.Add(new() { Name = Marker });
        await catalogue.SaveChangesAsync(cancellation);
    }

    private async Task<FoundHistory> RestoreAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var restore = new RestoreAuditTrail(catalogue);
        return await FoundHistory.ReadAsync(Main.Store, Main.Kek, [], Known is { Count: > 0 } known ? [.. known, server.Public.Thumbprint] : [], rows => restore.RunAsync(rows, cancellation), cancellation);
    }

    private async Task<IReadOnlyDictionary<string, Guid>> RestoreAsync(RebuildMonths months, AcceptedKeys keys, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        return await months.RunAsync(catalogue, await FoundMonths.ReadAsync(Main.Store, cancellation), () => Keep(keys), cancellation);
    }

    /// <summary>The first row after what was restored: from here on it is another server's trail.</summary>
    private async Task RecordAsync(FoundHistory history, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        await catalogue.RecordAsync(clock, AuditActor.Operator, "catalogue.recovered", null, AuditOutcome.Allowed, AuditText.Of($"from the bucket of the location '{Main.Name}'. Audit trail: {history.InWords}"), cancellation);
    }

    private async Task BuryAsync(Guid session, FoundHistory history, AcceptedKeys keys, CancellationToken cancellation)
    {
        try
        {
            var (jws, certificate, signer) = await FoundCertificates.ReadAsync(Main.Store, session, null, cancellation);
            if (!keys.Accept(signer)) { throw new TrackAlteredException($"Its deletion certificate is signed with the key {signer.Thumbprint}, which is not the server's."); }

            var began = certificate.BeganAt ?? certificate.At;
            await AddAsync(session, keys, catalogue =>
            {
                catalogue.Sessions.Add(new()
                {
                    Id = session, Technician = history.TechnicianOf(session) ?? AuditActor.Server, CreatedAt = SessionTime.Of(session, began), CodeExpiresAt = began, Region = certificate.Listing?.Region ?? Main.Region, Location = Main.Name,
                    State = SessionState.Purged, End = certificate.Reason == DeletionReason.Withdrawn ? TrackEnd.Withdrawn : TrackEnd.Ended, EndedAt = began,
                });
                catalogue.Purges.Add(RowOf(jws, certificate, clock));
                return Task.CompletedTask;
            }, cancellation);
            _lines.Add(new(session, IndexLine.Tombstone, [], null));
            progress.Done(session, IndexLine.Tombstone);
        }
        catch (TrackAlteredException altered)
        {
            Refuse(session, altered.Message);
        }
    }

    private async Task IndexAsync(StoredSession stored, ReadSession read, FoundCertificates certificates, AcceptedKeys keys, CancellationToken cancellation)
    {
        try
        {
            using var open = progress.Begin();
            if (await IsThereAsync(stored.Id, cancellation)) { return; }

            var gone = new List<ReadCertificate>();
            foreach (var track in certificates.TracksOf(stored.Id))
            {
                var certificate = await FoundCertificates.ReadAsync(Main.Store, stored.Id, track, cancellation);
                if (keys.Accept(certificate.Signer)) { gone.Add(certificate); }
            }

            var found = await read.RunAsync(stored, [.. gone.Select(certificate => certificate.Certificate)], cancellation);
            await AddAsync(stored.Id, keys, async catalogue =>
            {
                catalogue.Sessions.Add(found.Session);
                catalogue.Purges.AddRange(gone.Select(certificate => RowOf(certificate.Jws, certificate.Certificate, clock)));
                await AddNoticesAsync(catalogue, found.Notices, cancellation);
                await AddLabelAsync(catalogue, found.Session.Label, cancellation);
            }, cancellation);
            _lines.Add(new(stored.Id, found.Session.State.ToString().ToLowerInvariant(), found.Notes, found.Session.KeepUntil));
            progress.Done(stored.Id, found.Session.State.ToString().ToLowerInvariant());
        }
        catch (Exception refused) when (refused is TrackAlteredException or TrackUnreadableException || refused is ObjectStoreException { Fault: ObjectStoreFault.Denied or ObjectStoreFault.Rejected or ObjectStoreFault.TooLarge })
        {
            Refuse(stored.Id, refused.Message);
        }
    }

    private void Keep(AcceptedKeys keys)
    {
        foreach (var key in keys.Earlier) { EarlierServerKeys.Keep(folder.Keys, key); }
    }

    private async Task<bool> IsThereAsync(Guid session, CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        return await catalogue.Sessions.AnyAsync(known => known.Id == session, cancellation);
    }

    /// <summary>One transaction a session: it is there with all that belongs to it, or not at all.</summary>
    private async Task AddAsync(Guid session, AcceptedKeys keys, Func<CatalogueDb, Task> add, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
            if (await catalogue.Sessions.AnyAsync(known => known.Id == session, cancellation)) { return; }

            Keep(keys); // before anything counts that they signed
            await add(catalogue);
            await catalogue.SaveChangesAsync(cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static async Task AddNoticesAsync(CatalogueDb catalogue, IReadOnlyList<PublishedNotice> notices, CancellationToken cancellation)
    {
        foreach (var notice in notices)
        {
            if (!await catalogue.Notices.AnyAsync(known => known.Id == notice.Id && known.Version == notice.Version && known.Language == notice.Language, cancellation)) { catalogue.Notices.Add(notice); }
        }
    }

    private static async Task AddLabelAsync(CatalogueDb catalogue, string? label, CancellationToken cancellation)
    {
        if (label is null || await catalogue.Labels.AnyAsync(known => known.Name == label, cancellation)) { return; }
        catalogue.Labels.Add(new() { Name = label, NormalizedName = label.ToUpperInvariant(), IsSensitive = true, RetiredAt = DateTimeOffset.UnixEpoch });
    }

    private static PurgeProgress RowOf(string jws, DeletionCertificate certificate, TimeProvider clock) => new()
    {
        Id = Guid.TryParse(certificate.By?.Run, out var run) ? run : Guid.CreateVersion7(clock.GetUtcNow()), Session = certificate.Session, Track = certificate.Track, Reason = certificate.Reason,
        BeganAt = certificate.BeganAt ?? certificate.At, StateBefore = SessionState.Recorded, KeysDestroyedAt = certificate.BeganAt ?? certificate.At, Objects = certificate.Deleted?.Objects ?? 0,
        Versions = certificate.Deleted?.Versions ?? 0, DeleteMarkers = certificate.Deleted?.DeleteMarkers ?? 0, Uploads = certificate.Deleted?.Uploads ?? 0, Bytes = certificate.Deleted?.Bytes ?? 0,
        First = certificate.Deleted?.First, Last = certificate.Deleted?.Last, Certificate = jws, EndedAt = certificate.At,
    };

    /// <summary>The new server signs from where the old one's last checkpoint ends. A trail that is broken in the bucket is not gone on with: that is for somebody to look at.</summary>
    private async Task SealAsync(FoundHistory history, CancellationToken cancellation)
    {
        if (!history.IsSound) { return; }

        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        await new SealAuditTrail(catalogue, locations, server, new(), clock, new TrackSigners(server, EarlierServerKeys.Read(folder.Keys))).RunAsync(isStopping: true, cancellation);
    }

    private void Refuse(Guid session, string why)
    {
        _lines.Add(new(session, IndexLine.LeftOut, [why], null));
        progress.Done(session, $"{IndexLine.LeftOut}: {Receipts.Printable.Line(why)}");
    }
}
