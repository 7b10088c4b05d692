using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks;

/// <summary>The catalogue of a running server: sessions are written into it as the server itself would, without the people that they need.</summary>
internal static class ServerCatalogue
{
    public static CatalogueDb Open(AdminServer server) =>
        new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(server.Data, "catalogue.db")}").Options);
}
