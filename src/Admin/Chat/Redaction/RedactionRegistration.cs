using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>The redactor, and its settings checked before the host starts.</summary>
internal static class RedactionRegistration
{
    public static IServiceCollection AddChatRedaction(this IServiceCollection services)
    {
        services.AddOptions<RedactionOptions>().BindConfiguration(RedactionOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RedactionOptions>, RedactionOptionsValidator>();
        services.AddSingleton<ChatRedactor>();
        return services;
    }
}
