using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Replay;

/// <summary>The one place that says who may see what of a session: who started it, and who has an entitlement in force, read anew for every request. An admin is not entitled by being admin.</summary>
internal sealed class ReplayEntitlements(CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>What this viewer may see of a session now; null: there is no such session, or they may not even know of it.</summary>
    public async Task<ReplayRight?> FindAsync(Guid session, Viewer viewer, CancellationToken cancellation) =>
        await Of(viewer, catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).Where(s => s.Id == session)).SingleOrDefaultAsync(cancellation) is { MayOpen: true } right ? right : null;

    /// <summary>The rights of a viewer to some sessions, also none: a query to compose, so that a request asks once.</summary>
    public IQueryable<ReplayRight> Of(Viewer viewer, IQueryable<RecordedSession> sessions)
    {
        var (userName, now, video, chat) = (viewer.UserName, clock.GetUtcNow(), TrackName.Video.Value, TrackName.Chat.Value);
        var entitlements = catalogue.Entitlements.InForce(now).Of(userName, viewer.Teams);
        return sessions.Select(s => new ReplayRight
        {
            Session = s,
            IsOwn = s.Technician == userName,
            HasVideo = entitlements.Any(e => e.Video
                && ((e.ScopeTeam != null && e.ScopeTeam == s.Team) || (e.ScopeLabel != null && e.ScopeLabel == s.Label) || (e.ScopeSession != null && e.ScopeSession == s.Id))),
            HasChat = entitlements.Any(e => e.Chat
                && ((e.ScopeTeam != null && e.ScopeTeam == s.Team) || (e.ScopeLabel != null && e.ScopeLabel == s.Label) || (e.ScopeSession != null && e.ScopeSession == s.Id))),
            IsVideoGone = s.Tracks.Any(t => t.Name == video && t.PurgeBeganAt != null),
            IsChatGone = s.Tracks.Any(t => t.Name == chat && t.PurgeBeganAt != null),
            IsSensitive = catalogue.Labels.Any(label => label.Name == s.Label && label.IsSensitive)
                || catalogue.Participants.Any(p => p.Session == s.Id && p.ConsentAt != null
                    && catalogue.Notices.Any(notice => notice.Id == p.NoticeId && notice.Version == p.NoticeVersion && notice.AsksSpecialCategories)),
        });
    }
}

/// <summary>What one viewer may see of one session.</summary>
public sealed class ReplayRight
{
    /// <summary>With its tracks, where they were asked for.</summary>
    public required RecordedSession Session { get; init; }

    /// <summary>Whether the viewer started it: then no entitlement is needed.</summary>
    public required bool IsOwn { get; init; }

    /// <summary>Whether an entitlement to the video is in force.</summary>
    public required bool HasVideo { get; init; }

    /// <summary>Whether an entitlement to the chat is in force.</summary>
    public required bool HasChat { get; init; }

    /// <summary>Whether watching, also for who started it, needs the approval of a second person: by its label, or because its notice asked about special categories of data.</summary>
    public required bool IsSensitive { get; init; }

    /// <summary>Whether the video was deleted before its session.</summary>
    public bool IsVideoGone { get; init; }

    /// <summary>Whether the chat was.</summary>
    public bool IsChatGone { get; init; }

    /// <summary>Whether they may know of the session at all.</summary>
    public bool MayOpen => IsOwn || HasVideo || HasChat;

    /// <summary>Whether anything of it can still be replayed.</summary>
    public bool MayReplay => MayOpen && !Session.State.IsDeleted();

    /// <summary>Whether they may see this track. What is no recording of a screen or a chat, nobody replays.</summary>
    public bool Allows(TrackName track) => MayReplay
        && ((track == TrackName.Video || track == TrackName.Thumbnails) ? !IsVideoGone && (IsOwn || HasVideo) : track == TrackName.Chat && !IsChatGone && (IsOwn || HasChat));
}
