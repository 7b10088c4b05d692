using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Exports;

/// <summary>Gives an export to its requester, and to nobody else. The download is counted and in the audit trail before its first byte, and everything is looked at again at each part of it.</summary>
internal sealed class DownloadExport(CatalogueDb catalogue, AccountsDb accounts, ExportRight right, KnownLocations locations, SigningKey server, IOptions<ExportOptions> options, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(Guid id, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var opened = await OpenAsync(id, user.Identity!.Name!, cancellation);
        var claimed = await ClaimAsync(id, user, opened is not null, cancellation);
        if (claimed is Outcome.Claimed given) { return new Outcome.Opened(given.Export, opened!); }

        opened?.Dispose();
        return claimed;
    }

    /// <summary>Writes it. Breaks off, and returns <see langword="false"/>, as soon as account, sign-in, right or recording is gone.</summary>
    public async Task<bool> WriteAsync(Outcome.Opened opened, ClaimsPrincipal user, Stream into, CancellationToken cancellation)
    {
        using var track = opened.Track;
        foreach (var segment in track.Segments)
        {
            if (!await IsStillAllowedAsync(opened.Export.Id, user, cancellation))
            {
                await catalogue.RecordAsync(clock, opened.Export.Requester, "export.download", opened.Export.Session, AuditOutcome.Refused, $"{opened.Export.Id}: broken off at part {segment.Index} of {track.Segments.Count}", CancellationToken.None);
                return false;
            }

            var plaintext = await track.ReadAsync(segment.Index, cancellation);
            await into.WriteAsync(plaintext, cancellation);
            await into.FlushAsync(cancellation);
            CryptographicOperations.ZeroMemory(plaintext);
        }

        return true;
    }

    /// <summary>Opens it before it counts: a bucket that does not answer costs no download.</summary>
    private async Task<OpenTrack?> OpenAsync(Guid id, string account, CancellationToken cancellation)
    {
        var export = await catalogue.Exports.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.Requester == account && e.State == ExportState.Ready, cancellation);
        if (export is null) { return null; }

        try
        {
            var reader = (await locations.OfSessionAsync(catalogue, export.Session, cancellation)).Reader;
            var consent = await reader.ReadConsentAsync(export.Session, cancellation);
            var track = await reader.OpenAsync(export.Session, ExportTrack.Of(id), ExportTrack.Bind(consent.Digest, id, account), [server.Public.Thumbprint], null, cancellation);
            return track.Manifest is not null ? track : null;
        }
        catch (Exception gone) when (gone is TrackUnreadableException or TrackAlteredException)
        {
            return null; // destroyed meanwhile, or made for somebody else
        }
    }

    private Task<Outcome> ClaimAsync(Guid id, ClaimsPrincipal user, bool opens, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var (account, now) = (user.Identity!.Name!, clock.GetUtcNow());
        var export = await catalogue.Exports.SingleOrDefaultAsync(e => e.Id == id, cancellation);
        if (export is null) { return new Outcome.NotFound(); }

        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == export.Session, cancellation);
        var outcome = export switch
        {
            _ when export.Requester != account => new Outcome.NotFound(),
            _ when !options.Value.Allowed => new Outcome.Refused("The organization does not allow exports."),
            { State: not ExportState.Ready } or { Stored: false } => new Outcome.Refused("It is not there, or not any more."),
            _ when export.ExpiresAt <= now => new Outcome.Refused("Its time is over. Ask for another one."),
            _ when export.Downloads >= options.Value.Downloads => new Outcome.Refused("It was downloaded already. Ask for another one."),
            _ when !await right.HoldsAsync(export, session, cancellation) => new Outcome.Refused("The right to this recording is gone, or the recording is."),
            _ when !opens => new Outcome.Refused("It cannot be opened any more. Ask for another one."),
            _ => (Outcome)new Outcome.Claimed(export),
        };
        if (outcome is Outcome.Claimed) { export.Downloads++; }
        var (word, detail) = outcome switch { Outcome.Claimed => (AuditOutcome.Allowed, export.Purpose), Outcome.Refused refused => (AuditOutcome.Refused, refused.Reason), _ => (AuditOutcome.Refused, "the export is somebody else's") };
        await catalogue.RecordAsync(clock, account, "export.download", export.Session, word, $"{export.Id}: {detail}", cancellation); // no audit row, no download
        return outcome;
    });

    private async Task<bool> IsStillAllowedAsync(Guid id, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var (signIn, now) = (AccountSessions.IdOf(user), clock.GetUtcNow());
        var found = await (from e in catalogue.Exports.AsNoTracking()
                           join s in catalogue.Sessions.AsNoTracking().Include(s => s.Tracks) on e.Session equals s.Id
                           where e.Id == id && e.State == ExportState.Ready && e.ExpiresAt > now
                           select new { Export = e, Session = s }).SingleOrDefaultAsync(cancellation);
        return found is not null
            && await accounts.Sessions.AsNoTracking().AnyAsync(s => s.Id == signIn && s.ExpiresAt > now.ToUnixTimeMilliseconds(), cancellation)
            && await right.HoldsAsync(found.Export, found.Session, cancellation);
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Opened(RecordingExport Export, OpenTrack Track) : Outcome;
        internal sealed record Claimed(RecordingExport Export) : Outcome;
        internal sealed record Refused(string Reason) : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
