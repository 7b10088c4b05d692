using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureRecorder.RetentionJobs.Breaches;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.RetentionJobs.Posture;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>What keeps findings, and tells of them.</summary>
public static class AlertRegistration
{
    public static IServiceCollection AddFindingsAndAlerts(this IServiceCollection services)
    {
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateOnStart();
        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsValidator>();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();
        services.AddSingleton<IAlertChannel, MailChannel>();
        services.AddSingleton<IAlertChannel, WebhookChannel>();
        services.AddSingleton<QueueAlert>();
        services.AddSingleton<SendAlerts>();
        services.AddHostedService<RunAlerts>();
        services.AddSingleton<KeepFindings>();
        services.AddSingleton<KeepBreach>();
        services.AddSingleton<FollowLook>();
        return services;
    }
}
