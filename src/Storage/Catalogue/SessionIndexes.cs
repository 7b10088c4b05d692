using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>
/// The indexes along which <see cref="SearchSessions"/> walks. Each ends with the order of lists, so that a page is read from its first row to its last and nothing is sorted; there is one for every
/// way in which millions of sessions can have something in common. A technician has thousands: among those, what else is asked for is looked at in the index.
/// </summary>
internal static class SessionIndexes
{
    public static void Shape(EntityTypeBuilder<RecordedSession> session)
    {
        session.HasIndex(s => new { s.Technician, s.CreatedAt, s.Id, s.State, s.Team, s.Label, s.TicketKey }, "IX_Sessions_ByTechnician");
        session.HasIndex(s => new { s.Team, s.CreatedAt, s.Id }, "IX_Sessions_ByTeam");
        session.HasIndex(s => new { s.Team, s.State, s.CreatedAt, s.Id }, "IX_Sessions_ByTeamState");
        session.HasIndex(s => new { s.Label, s.CreatedAt, s.Id }, "IX_Sessions_ByLabel");
        session.HasIndex(s => new { s.Label, s.State, s.CreatedAt, s.Id }, "IX_Sessions_ByLabelState");
        session.HasIndex(s => new { s.Team, s.Label, s.CreatedAt, s.Id }, "IX_Sessions_ByTeamLabel");
        session.HasIndex(s => new { s.Team, s.Label, s.State, s.CreatedAt, s.Id }, "IX_Sessions_ByTeamLabelState");
        session.HasIndex(s => new { s.TicketKey, s.CreatedAt, s.Id, s.State, s.Team, s.Label, s.Technician }, "IX_Sessions_ByTicket");
    }
}
