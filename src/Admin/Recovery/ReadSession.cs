using System.Text.Json;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Makes the catalogue's rows of one session from what the bucket holds of it: receipts, manifests and sizes. The segments themselves are not read; a later verification does that.</summary>
/// <remarks>What is not known is the careful thing: without a date it is kept, without a label it takes an approval, without a technician it is nobody's own.</remarks>
/// <param name="months">Ids of the months' keys that the catalogue knows, by the name that key files have for them.</param>
internal sealed class ReadSession(Location location, FoundHistory history, AcceptedKeys keys, IReadOnlyDictionary<string, Guid> months, TimeProvider clock)
{
    /// <summary>Days that everything is kept after the catalogue was rebuilt, whatever its date: holds and requests that the bucket does not know can be entered again first.</summary>
    public const int GraceDays = 14;

    /// <summary>Bytes that a key file may have.</summary>
    private const int KeyFileLimit = 1 << 16;

    /// <summary>Name of the label of sessions whose own label may have been one that takes an approval.</summary>
    public const string SensitiveLabel = "Recovered: label unknown";

    /// <param name="gone">Tracks of which a certificate of their own says that they are deleted.</param>
    /// <exception cref="TrackUnreadableException">Nothing of it opens.</exception>
    /// <exception cref="TrackAlteredException">Its receipt is not what was signed, or bears another server's key.</exception>
    public async Task<FoundSession> RunAsync(StoredSession stored, IReadOnlyList<DeletionCertificate> gone, CancellationToken cancellation)
    {
        var consent = await location.Reader.ReadConsentAsync(stored.Id, cancellation);
        var receipts = await ReceiptsAsync(stored, cancellation);
        if (receipts is not [var opening, ..]) { throw new TrackAlteredException("Its receipt has no countersignature that matches it."); }

        var tracks = new List<FoundTrack>();
        foreach (var name in stored.Tracks) { tracks.Add(await TrackAsync(stored, name, consent, opening.Signer, cancellation)); }

        var notes = new List<string>();
        var notice = ReadNotice.Of(opening.Word.NoticeText, opening.Receipt.Notice.Language, opening.Word.At);
        var session = SessionOf(stored, opening, tracks, gone, notes);
        foreach (var participant in ParticipantsOf(stored.Id, receipts)) { session.Participants.Add(participant); }
        SetDates(session, notice, notes);
        return new(session, [.. receipts.Where(receipt => receipt.Receipt.Decision == ConsentReceipt.Allow).Select(PublishedOf).DistinctBy(published => (published.Id, published.Version, published.Language))], notes);
    }

    private async Task<List<VerifiedReceipt>> ReceiptsAsync(StoredSession stored, CancellationToken cancellation)
    {
        using var track = await location.Reader.OpenAsync(stored.Id, TrackName.Consent, default, signers: null, stored.FoundSegments(TrackName.Consent), cancellation);
        var receipts = new List<VerifiedReceipt>();
        await foreach (var found in ReadReceipts.RunAsync(track, cancellation))
        {
            if (found.Verified is not { } verified) { throw new TrackAlteredException(found.Defect!); }
            if (!keys.Accept(verified.Signer)) { throw new TrackAlteredException($"Its receipt is countersigned with the key {verified.Signer.Thumbprint}, which is not the server's. If it is yours, name it with --server-key, beside the other ones."); }
            receipts.Add(verified);
        }

        return receipts;
    }

    private async Task<FoundTrack> TrackAsync(StoredSession stored, TrackName name, ReadConsent consent, PublicSigningKey server, CancellationToken cancellation)
    {
        var sizes = stored.SegmentsOf(name).ToDictionary(segment => segment.Index, segment => segment.Size);
        var row = new RecordedTrack { Session = stored.Id, Name = name.Value, MediaType = name == TrackName.Video ? "video/mp4" : "application/octet-stream", Segments = sizes.Count, Size = sizes.Values.Sum() };
        row.ExpiryKey = await ExpiryKeyOfAsync(stored.Id, name, cancellation); // whether or not it opens: it hangs on it
        try
        {
            using var track = await location.Reader.OpenAsync(stored.Id, name, name == TrackName.Consent ? default : consent.Digest, signers: null, null, cancellation);
            if (track.Manifest is not { } manifest) { return new(row, null, null, "no manifest was written"); }
            if (manifest.Writer == Manifest.ServerWriter && track.Signer != server) { return new(row, null, null, "its manifest is not signed with the server's key"); }

            (row.MediaType, row.Segments, row.Size, row.Chain, row.Finished) = (manifest.MediaType, manifest.Segments.Count, manifest.Segments.Sum(segment => segment.Size), manifest.Chain, true);
            row.Duration = manifest.Segments.Select(segment => segment.Start + segment.Duration).DefaultIfEmpty().Max();
            row.WriteGaps(manifest.Gaps);
            var missing = manifest.Segments.Count(segment => !sizes.TryGetValue(segment.Index, out var size) || size != segment.Size);
            return new(row, manifest, track.Signer, missing == 0 ? null : $"{missing} of its {manifest.Segments.Count} segments are missing or have another size");
        }
        catch (Exception refused) when (refused is TrackUnreadableException or TrackAlteredException || refused is ObjectStoreException { Fault: ObjectStoreFault.TooLarge })
        {
            return new(row, null, null, refused.Message);
        }
    }

    /// <summary>The month's key that its data key is wrapped for; null: the location's own, or one that is not known.</summary>
    private async Task<Guid?> ExpiryKeyOfAsync(Guid session, TrackName name, CancellationToken cancellation)
    {
        if (months.Count == 0) { return null; }

        try
        {
            return await location.Store.GetAsync(TrackObjects.NameOf(session, name, TrackObjects.KeyFile), KeyFileLimit, cancellation) is { } content && JsonSerializer.Deserialize(content, FormatJson.Default.KeyFile) is { Kid: { } kid } && months.TryGetValue(kid, out var key) ? key : null;
        }
        catch (Exception malformed) when (malformed is JsonException or ObjectStoreException { Fault: ObjectStoreFault.TooLarge })
        {
            return null; // said where it is opened
        }
    }

    private RecordedSession SessionOf(StoredSession stored, VerifiedReceipt opening, List<FoundTrack> tracks, IReadOnlyList<DeletionCertificate> gone, List<string> notes)
    {
        var recorders = tracks.Where(track => track.Manifest?.Writer == Manifest.RecorderWriter).Select(track => track.Signer!).Distinct().ToList();
        var leading = (tracks.Find(track => track.Row.Name == TrackName.Video.Value && track.Manifest is not null) ?? tracks.Find(track => track.Manifest is not null && track.Row.Name != TrackName.Consent.Value))?.Manifest;
        var newest = stored.Objects.Max(found => found.ModifiedAt);
        var technician = history.TechnicianOf(stored.Id);
        if (technician is null) { notes.Add("Who started it is in no checkpoint of the audit trail: it is nobody's own, and is watched by an entitlement."); }

        var session = new RecordedSession
        {
            Id = stored.Id, Technician = technician ?? AuditActor.Server, CreatedAt = SessionTime.Of(stored.Id, opening.Word.At), CodeExpiresAt = opening.Word.At, Region = location.Region, Location = location.Name,
            KeysExpire = tracks.Exists(track => track.Row.ExpiryKey is not null),
            Chat = tracks.Exists(track => track.Row.Name == TrackName.Chat.Value) ? ChatKeeping.Recording : ChatKeeping.Session,
            Label = history.MayBeSensitive(stored.Id) ? SensitiveLabel : null, ConsentDigest = ConsentReceipt.DigestOf(opening.Jws), ConsentAt = opening.Word.At,
            RecorderJoinedAt = leading?.StartedAt, RecorderKey = recorders is [var one, ..] ? JsonSerializer.Serialize(one, RecordingJson.Default.PublicSigningKey) : null,
            StartedAt = leading?.StartedAt, EndedAt = leading?.EndedAt ?? newest, End = leading?.End ?? TrackEnd.Recovered,
        };
        foreach (var track in tracks) { session.Tracks.Add(track.Row); }
        foreach (var certificate in gone.Where(certificate => session.Tracks.All(track => track.Name != certificate.Track)))
        {
            session.Tracks.Add(new() { Session = stored.Id, Name = certificate.Track!, MediaType = "application/octet-stream", PurgeBeganAt = certificate.BeganAt ?? certificate.At, PurgedAt = certificate.At });
        }

        (session.State, session.Detail) = Judge(session, tracks, recorders.Count);
        if (session.Detail is { } detail) { notes.Add(detail); }
        return session;
    }

    /// <summary>As when a recording ends: a state never lies.</summary>
    private static (SessionState State, string? Detail) Judge(RecordedSession session, List<FoundTrack> tracks, int recorders)
    {
        var broken = tracks.Where(track => track.Manifest is null ? track.Defect != "no manifest was written" : track.Defect is not null).Select(track => $"{track.Row.Name}: {track.Defect}").ToList();
        var unfinished = tracks.Where(track => track.Defect == "no manifest was written").Select(track => track.Row.Name).ToList();
        var video = session.Tracks.FirstOrDefault(track => track.Name == TrackName.Video.Value);
        return 0 switch
        {
            _ when broken.Count > 0 => (SessionState.Lost, Short($"{string.Join("; ", broken)}.")),
            _ when recorders > 1 => (SessionState.Lost, $"Its tracks are signed with {recorders} recorder's keys; a session has one."),
            _ when video is null or { PurgedAt: null, Segments: < 2 } => (SessionState.Failed, "The recorder stored no video."),
            _ when unfinished.Count > 0 => (SessionState.Partial, Short($"No manifest was written of {string.Join(", ", unfinished)}: of that, nothing is replayed here. The verb 'recover' writes what is there.")),
            _ when session.End == TrackEnd.Recovered => (SessionState.Partial, "The recorder did not finish: the server signed what it had committed."),
            _ when session.End == TrackEnd.ConnectionLost => (SessionState.Partial, "The recorded person's page was lost, and the recording ended."),
            _ when session.Tracks.Any(track => track.ReadGaps().Any(gap => gap.Reason == GapReason.Lost)) => (SessionState.Partial, "A stretch was lost: see the gaps."),
            _ => (SessionState.Recorded, null),
        };
    }

    private static IEnumerable<Participant> ParticipantsOf(Guid session, List<VerifiedReceipt> receipts)
    {
        foreach (var own in receipts.Where(found => found.Receipt.Participant is ['p' or 'g', >= '1' and <= '9']).GroupBy(found => found.Receipt.Participant, StringComparer.Ordinal))
        {
            var (allowed, withdrawn) = (own.First(), own.FirstOrDefault(found => found.Receipt.Decision == ConsentReceipt.Withdraw));
            yield return new()
            {
                Session = session, Name = own.Key, State = ParticipantState.Allowed, JoinedAt = allowed.Word.At, CodeExpiresAt = allowed.Word.At, ConsentAt = allowed.Word.At, ConsentDigest = ConsentReceipt.DigestOf(allowed.Jws),
                NoticeId = allowed.Receipt.Notice.Id, NoticeVersion = allowed.Receipt.Notice.Version, NoticeLanguage = allowed.Receipt.Notice.Language, NoticeSha256 = allowed.Receipt.Notice.Sha256,
                NeedsGuardian = own.Key[0] == 'p' && receipts.Exists(found => found.Receipt.Participant == Participant.GuardianOf(own.Key)),
                WithdrawnAt = withdrawn?.Word.At, WithdrawalDigest = withdrawn is null ? null : ConsentReceipt.DigestOf(withdrawn.Jws),
            };
        }
    }

    /// <summary>Never earlier than what the person was promised, and never within days of now.</summary>
    private void SetDates(RecordedSession session, ReadNotice notice, List<string> notes)
    {
        var grace = RetentionDates.EndOf(RetentionDates.DayOf(clock.GetUtcNow()) + GraceDays);
        if (history.MayBeHeld(session.Id))
        {
            session.SetDates(_ => null);
            notes.Add("The audit trail names a legal hold that may keep it: it has no date. Place the hold anew, then shorten nothing that it keeps.");
        }
        else if (history.IsToBeErased(session.Id))
        {
            session.SetDates(_ => grace);
            notes.Add($"The recorded person had it erased, and it is there still: it goes on {grace.UtcDateTime:yyyy-MM-dd}.");
        }
        else if (notice.Kept is not { } kept)
        {
            session.SetDates(_ => null);
            notes.Add("Its notice names no date that can be read: it is kept until somebody decides.");
        }
        else
        {
            session.SetDates(part => kept.GetValueOrDefault(part, kept[RetentionPart.Screen]) is { } day ? (day > grace ? day : grace) : null);
            if (kept.Values.Any(day => day <= grace)) { notes.Add($"What the notice promised to delete by then is kept until {grace.UtcDateTime:yyyy-MM-dd}, so that nothing is deleted at once."); }
        }
    }

    private static PublishedNotice PublishedOf(VerifiedReceipt receipt)
    {
        var (said, read) = (receipt.Receipt.Notice, ReadNotice.Of(receipt.Word.NoticeText, receipt.Receipt.Notice.Language, receipt.Word.At));
        return new()
        {
            Id = said.Id, Version = said.Version, Language = said.Language, Words = read.Words, AsksSpecialCategories = read.AsksSpecialCategories || receipt.Receipt.Choices.SpecialCategories is not null,
            AsksGuardian = read.AsksGuardian, PublishedAt = receipt.Word.At, PublishedBy = AuditActor.Server,
        };
    }

    private static string Short(string text) => text.Length <= 400 ? text : text[..399] + "…";
}

/// <summary>A session's rows, the notices that its people read, and what is to be said of it.</summary>
internal sealed record FoundSession(RecordedSession Session, IReadOnlyList<PublishedNotice> Notices, IReadOnlyList<string> Notes);

/// <summary>A track's row. <paramref name="Defect"/>: why it is not whole.</summary>
internal sealed record FoundTrack(RecordedTrack Row, Manifest? Manifest, PublicSigningKey? Signer, string? Defect);

/// <summary>When a session was started, as its id says.</summary>
internal static class SessionTime
{
    /// <param name="session">A UUIDv7, whose first 48 bits are milliseconds since 1970.</param>
    /// <param name="latest">It was not later than this; also taken where the id says no time.</param>
    public static DateTimeOffset Of(Guid session, DateTimeOffset latest)
    {
        var bytes = session.ToByteArray(bigEndian: true);
        var milliseconds = bytes[..6].Aggregate(0L, (sum, one) => (sum << 8) | one);
        return session.Version == 7 && milliseconds <= latest.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : latest;
    }
}
