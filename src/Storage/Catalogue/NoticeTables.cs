using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How notices lie in the catalogue: one row a version and language, one draft a language, the words of both sealed.</summary>
internal static class NoticeTables
{
    public static void Shape(ModelBuilder model)
    {
        model.Entity<PublishedNotice>(notice =>
        {
            notice.ToTable("Notices");
            notice.HasKey(n => new { n.Id, n.Version, n.Language });
        });
        model.Entity<NoticeDraft>(draft =>
        {
            draft.ToTable("NoticeDrafts");
            draft.HasKey(d => new { d.Id, d.Language });
        });
    }
}
