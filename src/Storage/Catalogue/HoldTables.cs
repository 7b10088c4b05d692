using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How legal holds and purges lie in the catalogue.</summary>
internal static class HoldTables
{
    public static void Shape(ModelBuilder model)
    {
        model.Entity<LegalHold>(hold =>
        {
            hold.ToTable("Holds", table => table.HasCheckConstraint(
                "CK_Holds_Scope",
                """("Session" IS NOT NULL AND "Team" IS NULL AND "Label" IS NULL AND "From" IS NULL AND "Until" IS NULL) OR ("Session" IS NULL AND ("Team" IS NOT NULL OR "Label" IS NOT NULL OR "From" IS NOT NULL OR "Until" IS NOT NULL))"""));
            hold.HasKey(h => h.Id);
            hold.HasIndex(h => h.LiftedAt);
            hold.Property(h => h.LiftAskedAt).IsConcurrencyToken(); // what is confirmed is what was asked
            hold.Property(h => h.LiftedAt).IsConcurrencyToken(); // lifted once
        });
        model.Entity<PurgeProgress>(purge =>
        {
            purge.ToTable("Purges");
            purge.HasKey(p => p.Id);
            purge.HasIndex(p => new { p.Session, p.Track });
            purge.HasIndex(p => p.EndedAt);
            purge.Property(p => p.StateBefore).HasConversion<string>().HasMaxLength(20);
        });

        // What has expired is found without looking at what has not, nor at what is deleted already; whether it is held, and how large it is, is seen in the index.
        model.Entity<RecordedSession>().HasIndex(s => new { s.State, s.KeepUntil, s.Id, s.Team, s.Label, s.CreatedAt, s.LastSize }, "IX_Sessions_Expired");
        model.Entity<RecordedTrack>().HasIndex(t => new { t.PurgedAt, t.KeepUntil, t.Session, t.Name, t.Size }, "IX_Tracks_Expired");
    }
}
