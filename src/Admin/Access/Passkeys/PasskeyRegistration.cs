using Microsoft.AspNetCore.Identity;

namespace SecureRecorder.Admin.Access.Passkeys;

/// <summary>Passkeys: WebAuthn credentials that their device gives only to somebody whom it has verified, and so are password and second factor in one.</summary>
/// <remarks>Source: W3C Web Authentication, Level 3, by ASP.NET Core Identity's handler.</remarks>
internal static class PasskeyRegistration
{
    public static void AddPasskeys(this IServiceCollection services)
    {
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddScoped<PasskeyChallenges>().AddScoped<OwnPasskeys>().AddScoped<SignInByPasskey>().AddScoped<ConfirmByPasskey>();
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required"; // nobody types a name to sign in with it
            passkeys.AttestationConveyancePreference = "none";
            passkeys.AuthenticatorTimeout = PasskeyChallenges.Validity;
            passkeys.ValidateOrigin = context => ValueTask.FromResult(
                !context.CrossOrigin && string.Equals(context.Origin, $"{context.HttpContext.Request.Scheme}://{context.HttpContext.Request.Host}", StringComparison.OrdinalIgnoreCase));
        });
    }
}
