using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>What makes columns on PostgreSQL behave as they do on SQLite.</summary>
public static class PostgresColumns
{
    /// <summary>Texts have the limits that the code checks, and no others; what is searched by its beginning is ordered by its bytes.</summary>
    public static void Shape(ModelBuilder model)
    {
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            if ((property.GetValueConverter()?.ProviderClrType ?? property.GetProviderClrType() ?? property.ClrType) == typeof(string)) { property.SetColumnType("text"); }
            if (property.Name == nameof(RecordedSession.TicketKey)) { property.SetCollation("C"); }
        }
    }
}
