using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How locations, and who is recorded in which region, lie in the catalogue.</summary>
internal static class LocationTables
{
    public static void Shape(ModelBuilder model)
    {
        model.Entity<StorageLocation>(location =>
        {
            location.ToTable("Locations");
            location.HasKey(l => l.Name);
            location.Property(l => l.ClosedAt).IsConcurrencyToken();
        });
        model.Entity<OrphanApproval>(approval => approval.HasKey(a => new { a.Location, a.Session }));
        model.Entity<LocationMove>(move => move.HasKey(m => m.Id));
        model.Entity<MovedRecording>(moved => moved.HasKey(m => m.Session));
        model.Entity<KeyPass>(pass => pass.HasIndex(p => new { p.Location, p.BeganAt }));
        model.Entity<ExpiryKey>(key =>
        {
            key.HasIndex(k => new { k.Location, k.Month }).IsUnique();
            key.HasIndex(k => k.Kid);
        });
        model.Entity<RecordedTrack>().HasIndex(t => t.ExpiryKey);
        model.Entity<RecordedTrack>().HasIndex(t => t.NextExpiryKey).HasFilter("\"NextExpiryKey\" IS NOT NULL"); // few, and only while one is wrapped anew
        model.Entity<RegionPin>(pin => pin.HasKey(p => new { p.Team, p.Region }));
    }
}
