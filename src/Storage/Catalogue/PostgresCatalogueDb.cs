using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>The catalogue on PostgreSQL, as far as migrations go, which are of one database each. Everything else uses <see cref="CatalogueDb"/> on both.</summary>
internal sealed class PostgresCatalogueDb(DbContextOptions<CatalogueDb> options) : CatalogueDb(options);

/// <summary>How the tool that writes migrations for PostgreSQL opens the catalogue's model; no server is asked.</summary>
internal sealed class PostgresCatalogueDesign : IDesignTimeDbContextFactory<PostgresCatalogueDb>
{
    public PostgresCatalogueDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<CatalogueDb>().UseNpgsql("Host=unused").Options);
}
