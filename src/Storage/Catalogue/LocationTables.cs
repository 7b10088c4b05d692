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
        model.Entity<RegionPin>(pin => pin.HasKey(p => new { p.Team, p.Region }));
    }
}
