using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Consent;

/// <summary>What the person's way in needs.</summary>
internal static class ConsentRegistration
{
    public static WebApplicationBuilder AddConsent(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<NoticeOptions>().BindConfiguration(NoticeOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<NoticeOptions>, NoticeOptionsValidator>();
        services.AddSingleton<ConsentTrack>();
        services.AddSingleton<ConsentProofs>();
        services.AddScoped<CurrentNotice>();
        services.AddScoped<NoticeOfSession>();
        services.AddScoped<WhileDeciding>();
        services.AddScoped<ExtendTimeToDecide>();
        services.AddScoped<SwitchNoticeLanguage>();
        services.AddScoped<AcceptConsent>();
        services.AddScoped<KeepWithdrawal>();
        return builder;
    }
}
