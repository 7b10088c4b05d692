using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SecureRecorder.Admin.Operation;

/// <summary>Where catalogue and accounts are. Section <c>Catalogue</c>; checked before the host starts.</summary>
public sealed class CatalogueOptions : IValidatableObject
{
    public const string Section = "Catalogue";

    public const string Sqlite = "sqlite";
    public const string Postgresql = "postgresql";

    /// <summary><c>sqlite</c>, a file in the data folder, or <c>postgresql</c>. Default <c>sqlite</c>.</summary>
    [AllowedValues(Sqlite, Postgresql, ErrorMessage = "Catalogue:Kind is neither 'sqlite' nor 'postgresql'.")]
    public string Kind { get; init; } = Sqlite;

    /// <summary>Of PostgreSQL alone: <c>Host=db.example;Database=recorder;Username=recorder;Password=…</c>. A secret where it holds the password: no message repeats it.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Of PostgreSQL alone: seconds that a server waits at its start for another one on the same database to end: 0 to 600, default 30.</summary>
    [Range(0, 600)] public int TakeOverSeconds { get; init; } = 30;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kind != Postgresql)
        {
            if (!string.IsNullOrEmpty(ConnectionString)) { yield return new("Catalogue:ConnectionString is set, and Catalogue:Kind is not 'postgresql'.", [nameof(ConnectionString)]); }
            yield break;
        }

        var connection = TryRead(ConnectionString);
        if (connection is null) { yield return new("Catalogue:ConnectionString is empty, or is not one of PostgreSQL: Host=…;Database=…;Username=…;Password=….", [nameof(ConnectionString)]); }
        else if (string.IsNullOrEmpty(connection.Host) || string.IsNullOrEmpty(connection.Database)) { yield return new("Catalogue:ConnectionString has no Host or no Database.", [nameof(ConnectionString)]); }
    }

    private static NpgsqlConnectionStringBuilder? TryRead(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : new(text);
        }
        catch (Exception refused) when (refused is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }
}

[OptionsValidator]
internal sealed partial class CatalogueOptionsValidator : IValidateOptions<CatalogueOptions>;

/// <summary>Opens the database that is configured; both contexts lie in the same one.</summary>
internal sealed class CatalogueConnection(IOptions<CatalogueOptions> options, DataFolder folder)
{
    /// <param name="history">Name of the table in which the context's migrations are noted; null: the usual one.</param>
    public DbContextOptionsBuilder Use(DbContextOptionsBuilder builder, string? history = null) => options.Value.Kind == CatalogueOptions.Postgresql
        ? builder.UseNpgsql(options.Value.ConnectionString, postgres => postgres.MigrationsHistoryTable(history ?? "__EFMigrationsHistory"))
        : builder.UseSqlite(folder.ConnectionString, sqlite => sqlite.MigrationsHistoryTable(history ?? "__EFMigrationsHistory"));
}
