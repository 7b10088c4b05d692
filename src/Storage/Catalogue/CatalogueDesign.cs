using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How the tool that writes migrations opens the catalogue's model; no file is touched.</summary>
internal sealed class CatalogueDesign : IDesignTimeDbContextFactory<CatalogueDb>
{
    public CatalogueDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite("Data Source=:memory:").Options);
}
