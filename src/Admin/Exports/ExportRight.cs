using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Exports;

/// <summary>What an account may take of a session: what it may watch. Asked when an export is wanted, again and again while it is built, and at each part that is downloaded; so teams and account are read here, not taken from a request.</summary>
internal sealed class ExportRight(ReplayEntitlements entitlements, AccountsDb accounts)
{
    /// <summary>Names of the tracks, those that were never recorded left out; none: to this account the session does not exist.</summary>
    /// <param name="session">With its tracks.</param>
    public async Task<IReadOnlyList<string>> TracksOfAsync(string account, RecordedSession session, CancellationToken cancellation)
    {
        var known = await accounts.Users.AsNoTracking().Where(a => a.UserName == account && a.DisabledAt == null)
            .Select(a => new { Teams = accounts.TeamMembers.Where(member => member.Account == a.Id).Select(member => member.Team).ToList() }).SingleOrDefaultAsync(cancellation);
        if (known is null || await entitlements.FindAsync(session.Id, new(account, known.Teams, [], IsAdmin: false), cancellation) is not { } right) { return []; }

        return [.. session.Tracks.Select(track => track.Name).Where(name => (name == TrackName.Video.Value || name == TrackName.Chat.Value) && right.Allows(new(name))).OrderDescending(StringComparer.Ordinal)];
    }

    /// <summary>Whether its requester may still have all that is in it.</summary>
    /// <param name="session">With its tracks.</param>
    public async Task<bool> HoldsAsync(RecordingExport export, RecordedSession session, CancellationToken cancellation) =>
        export.Tracks.Split(' ').Except(await TracksOfAsync(export.Requester, session, cancellation), StringComparer.Ordinal).FirstOrDefault() is null;
}
