using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A change of a session that others may change at the same moment: a person, a recorder, a job, another server.</summary>
public static class ConcurrentChange
{
    private const int Tries = 5;

    /// <summary>Makes the change; where somebody else was faster, looks again and makes it once more, at most five times.</summary>
    /// <param name="catalogue">What it tracked is forgotten before every try.</param>
    /// <param name="change">Reads, decides and saves, from the beginning.</param>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else was faster every time.</exception>
    public static async Task<T> ChangeAsync<T>(this CatalogueDb catalogue, Func<Task<T>> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            catalogue.ChangeTracker.Clear();
            try
            {
                return await change();
            }
            catch (DbUpdateConcurrencyException) when (attempt < Tries)
            {
                // look again
            }
        }
    }
}
