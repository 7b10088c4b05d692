using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How labels, rights to watch and approvals lie in the catalogue.</summary>
internal static class RightsTables
{
    public static void Shape(ModelBuilder model)
    {
        model.Entity<SessionLabel>(label =>
        {
            label.ToTable("Labels");
            label.HasKey(l => l.Name);
            label.HasIndex(l => l.NormalizedName).IsUnique();
        });
        model.Entity<Entitlement>(entitlement =>
        {
            entitlement.HasKey(e => e.Id);
            entitlement.HasIndex(e => e.Account);
            entitlement.HasIndex(e => e.Team);
            entitlement.HasIndex(e => e.ScopeSession);
            entitlement.Property(e => e.RevokedAt).IsConcurrencyToken(); // revoked once
            entitlement.ToTable(table =>
            {
                table.HasCheckConstraint("CK_Entitlements_Subject", "(\"Account\" IS NULL) <> (\"Team\" IS NULL)");
                table.HasCheckConstraint("CK_Entitlements_Scope", "(\"Scope\" = 'Team' AND \"ScopeTeam\" IS NOT NULL) OR (\"Scope\" = 'Label' AND \"ScopeLabel\" IS NOT NULL) OR (\"Scope\" = 'Session' AND \"ScopeSession\" IS NOT NULL)");
            });
        });
        model.Entity<Approval>(approval =>
        {
            approval.HasKey(a => a.Id);
            approval.HasIndex(a => new { a.State, a.RequestedAt });
            approval.HasIndex(a => new { a.Session, a.Requester, a.RequestedAt });
            approval.Property(a => a.State).IsConcurrencyToken(); // of two decisions, or two uses, at once only the first one counts
        });
    }
}
