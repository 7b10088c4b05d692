using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace SecureRecorder.Admin.Access;

/// <summary>Authenticators' secrets, protected by the server's keys wherever they leave its memory.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection)
{
    public const string NoMatch = "The code does not match. Check that the clock of your device is right, and enter the code that it shows now.";

    private readonly IDataProtector _protector = protection.CreateProtector("totp");

    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    /// <summary>The secret, or null when it was not protected by this server.</summary>
    public byte[]? Open(string? protectedSecret)
    {
        try
        {
            return protectedSecret is null ? null : _protector.Unprotect(Convert.FromBase64String(protectedSecret));
        }
        catch (Exception refused) when (refused is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
