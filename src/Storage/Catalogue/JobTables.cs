using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How runs of jobs, and the processes that run them, lie in the catalogue.</summary>
internal static class JobTables
{
    public static void Shape(ModelBuilder model)
    {
        model.Entity<JobRun>(run =>
        {
            run.ToTable("JobRuns");
            run.HasKey(r => r.Id);
            run.HasIndex(r => new { r.Job, r.BeganAt });
            run.HasIndex(r => r.BeganAt);
            run.Property(r => r.Outcome).HasConversion<string>().HasMaxLength(20);
        });
        model.Entity<ServerNode>(node =>
        {
            node.ToTable("ServerNodes");
            node.HasKey(n => n.Id);
        });
    }
}
