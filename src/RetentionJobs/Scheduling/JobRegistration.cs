using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Moving;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.RetentionJobs.Rewrap;
using SecureRecorder.RetentionJobs.Verification;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>The jobs, what they need, and the engine that was compiled.</summary>
public static class JobRegistration
{
    /// <param name="runs">Whether this process runs jobs; otherwise it only asks others to.</param>
    public static IServiceCollection AddRetentionJobs(this IServiceCollection services, JobStore store, bool runs)
    {
        services.AddSingleton(provider => ThisNode.Of(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(JobSchedule.Entries);
        services.AddSingleton<RunJob>();
        services.AddScoped<JobReport>().AddScoped<LastRuns>();
        services.AddScoped<FinishSession>();
        services.AddPurge();
        services.AddOptions<RewrapOptions>().BindConfiguration(RewrapOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RewrapOptions>, RewrapOptionsValidator>();
        services.AddScoped<MakeComingKeys>().AddScoped<WrapForOtherMonths>().AddScoped<DestroyMonthsKeys>();
        services.AddScoped<VerifyRecording>().AddScoped<CopyRecording>().AddScoped<EmptyOldPlace>();
        foreach (var entry in JobSchedule.Entries) { services.AddScoped(entry.Job); }

        return services.AddEngine(store, runs);
    }
}
