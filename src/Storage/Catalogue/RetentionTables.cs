using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How policies and their applications lie in the catalogue.</summary>
internal static class RetentionTables
{
    private static readonly LongTypeMapping Whole = new("bigint");

    public static void Conventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<RetentionPart>().HaveConversion<string>().HaveMaxLength(20);
        conventions.Properties<RetentionKind>().HaveConversion<string>().HaveMaxLength(20);
        conventions.Properties<ReapplyState>().HaveConversion<string>().HaveMaxLength(20);
    }

    public static void Shape(ModelBuilder model)
    {
        model.Entity<RetentionPolicy>(policy =>
        {
            policy.HasKey(p => p.Id);
            policy.HasIndex(p => new { p.Team, p.Version }).IsUnique(); // of two changes at once only the first one counts
            policy.HasMany(p => p.Rules).WithOne().HasForeignKey(r => r.Policy);
        });
        model.Entity<RetentionRule>().ToTable("RetentionRules").HasKey(r => new { r.Policy, r.Part });
        model.Entity<PolicyReapplication>(reapplication =>
        {
            reapplication.HasKey(r => r.Id);
            reapplication.HasIndex(r => new { r.State, r.At });
            reapplication.Property(r => r.State).IsConcurrencyToken();
            reapplication.Property(r => r.LookedAt).IsConcurrencyToken(); // two nodes never count the same sessions twice
        });
        model.HasDbFunction(typeof(RetentionDates).GetMethod(nameof(RetentionDates.DayOf))!).HasTranslation(arguments => new SqlBinaryExpression(
            ExpressionType.Divide, arguments[0], new SqlConstantExpression(RetentionDates.MillisecondsADay, Whole), typeof(long), Whole)); // moments lie there as milliseconds
    }
}
