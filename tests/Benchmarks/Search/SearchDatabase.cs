using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Benchmarks.Search;

/// <summary>A database that is filled with generated sessions, faster than the server would.</summary>
internal abstract class SearchDatabase : IAsyncDisposable
{
    public abstract string Name { get; }

    /// <summary>A context as the server opens it.</summary>
    public abstract CatalogueDb Open();

    /// <summary>Makes the catalogue anew, with so many sessions to search among.</summary>
    public Task FillAsync(int count) => FillAsync(count, number => GeneratedCatalogue.Session(number, count), session => [GeneratedCatalogue.Track(session)]);

    /// <summary>Makes the catalogue anew, with so many sessions and their tracks.</summary>
    public abstract Task FillAsync(int count, Func<int, RecordedSession> session, Func<RecordedSession, IEnumerable<RecordedTrack>> tracks);

    public abstract ValueTask DisposeAsync();

    /// <summary>The columns of an entity's table, and what a row has in them.</summary>
    protected static (string Table, IReadOnlyList<(string Name, Func<object, object?> Value)> Columns) TableOf<T>(CatalogueDb catalogue)
    {
        var entity = catalogue.Model.FindEntityType(typeof(T))!;
        return (entity.GetTableName()!, [.. entity.GetProperties().Select(property => (property.GetColumnName(), ValueOf(property)))]);
    }

    private static Func<object, object?> ValueOf(IProperty property)
    {
        var (getter, converter) = (property.GetGetter(), property.GetTypeMapping().Converter);
        return row => getter.GetClrValue(row) is { } value ? converter is null ? value : converter.ConvertToProvider(value) : null;
    }
}
