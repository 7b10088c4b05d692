using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>Rights in words.</summary>
public static class EntitlementWords
{
    public static string Tracks(bool video, bool chat) => (video, chat) switch { (true, true) => "video and chat", (true, false) => "video", _ => "chat" };

    public static string Scope(Entitlement entitlement, IReadOnlyDictionary<int, string> teams) => entitlement.Scope switch
    {
        EntitlementScope.Team => $"sessions of {Team(entitlement.ScopeTeam!.Value, teams)}",
        EntitlementScope.Label => $"sessions labelled {entitlement.ScopeLabel}",
        _ => "one session",
    };

    public static string Team(int team, IReadOnlyDictionary<int, string> teams) => teams.GetValueOrDefault(team, "a team that was removed");
}
