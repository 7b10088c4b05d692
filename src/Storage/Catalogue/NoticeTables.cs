using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How notices lie in the catalogue: one row a version and language, one draft a language.</summary>
internal static class NoticeTables
{
    public static void Shape(ModelBuilder model)
    {
        model.Entity<PublishedNotice>(notice =>
        {
            notice.ToTable("Notices");
            notice.HasKey(n => new { n.Id, n.Version, n.Language });
            notice.ComplexProperty(n => n.Words, words => Limit(words, NoticeWords.Longest));
        });
        model.Entity<NoticeDraft>(draft =>
        {
            draft.ToTable("NoticeDrafts");
            draft.HasKey(d => new { d.Id, d.Language });
            draft.ComplexProperty(d => d.Words, words => Limit(words, NoticeDraft.Longest));
        });
    }

    private static void Limit(ComplexPropertyBuilder<NoticeWords> words, int characters)
    {
        foreach (var field in typeof(NoticeWords).GetProperties().Where(property => property.PropertyType == typeof(string)))
        {
            words.Property<string>(field.Name).HasMaxLength(characters).HasColumnName(field.Name);
        }
    }
}
