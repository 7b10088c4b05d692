using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How findings, looks, alerts and breaches lie in the catalogue.</summary>
internal static class FindingTables
{
    public static void Shape(ModelBuilder model)
    {
        model.Entity<KeptFinding>(finding =>
        {
            finding.ToTable("Findings");
            finding.HasKey(f => f.Id);
            finding.HasIndex(f => new { f.Source, f.Location, f.Rule, f.Subject }).IsUnique().HasFilter("\"ClosedAt\" IS NULL");
            finding.HasIndex(f => new { f.Location, f.ClosedAt });
            finding.Property(f => f.Severity).HasConversion<string>().HasMaxLength(20);
        });
        model.Entity<KeptLook>(look =>
        {
            look.ToTable("Looks");
            look.HasKey(l => l.Location);
        });
        model.Entity<OutgoingAlert>(alert =>
        {
            alert.ToTable("Alerts");
            alert.HasKey(a => new { a.Id, a.Channel });
            alert.HasIndex(a => new { a.Channel, a.EndedAt, a.NextAttemptAt });
            alert.Property(a => a.Severity).HasConversion<string>().HasMaxLength(20);
        });
        model.Entity<Breach>(breach =>
        {
            breach.ToTable("Breaches");
            breach.HasKey(b => b.Id);
            breach.HasIndex(b => new { b.Location, b.EndedAt });
            breach.HasIndex(b => new { b.State, b.OpenedAt });
            breach.Property(b => b.State).HasConversion<string>().HasMaxLength(20);
            breach.Property(b => b.Version).IsConcurrencyToken();
        });
        model.Entity<BreachStep>(step =>
        {
            step.ToTable("BreachSteps");
            step.HasKey(s => s.Id);
            step.HasIndex(s => new { s.Breach, s.At });
        });
        model.Entity<BreachNote>(note =>
        {
            note.ToTable("BreachNotes");
            note.HasKey(n => n.Id);
            note.HasIndex(n => new { n.Breach, n.At });
        });
    }
}
