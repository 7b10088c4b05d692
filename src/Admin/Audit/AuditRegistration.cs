using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.AuditTrail;

namespace SecureRecorder.Admin.Audit;

/// <summary>What the audit trail keeps of whom.</summary>
internal static class AuditRegistration
{
    public static WebApplicationBuilder AddAudit(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ParticipantsOptions>().BindConfiguration(ParticipantsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ParticipantsOptions>, ParticipantsOptionsValidator>();
        services.AddHttpContextAccessor();
        services.AddSingleton<AddParticipantAddress>();
        services.AddSingleton<AuditRefusals>();
        services.AddHostedService<SealAuditTrailAtStop>();
        services.AddOptions<SyslogOptions>().BindConfiguration(SyslogOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SyslogOptions>, SyslogOptionsValidator>();
        services.AddHostedOnWeb<ForwardToSyslog>();
        return builder;
    }
}
