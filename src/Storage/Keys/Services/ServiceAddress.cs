using System.Net;

namespace SecureRecorder.Storage.Keys.Services;

/// <summary>Addresses of vaults: https, or http to this very machine.</summary>
internal static class ServiceAddress
{
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="KeyRefusedException">Not an address that keys may be asked at.</exception>
    public static Uri Parse(string text, string what)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0 || text.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0 || text.Contains('\\', StringComparison.Ordinal))
        {
            throw new KeyRefusedException($"'{text}' is not the address of {what}.");
        }

        return address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && IsThisMachine(address)) ? address
            : throw new KeyRefusedException($"'{text}' is not an https address. A key is asked for over TLS; http is taken to 127.0.0.1 only.");
    }

    public static bool IsThisMachine(Uri address) => IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip);
}
