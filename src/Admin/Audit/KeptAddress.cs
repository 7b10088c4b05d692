using System.Net;
using System.Net.Sockets;

namespace SecureRecorder.Admin.Audit;

/// <summary>As much of a network address as may be kept.</summary>
internal static class KeptAddress
{
    private const int Version4Bytes = 3;
    private const int Version6Bytes = 6;

    /// <summary><c>203.0.113.7</c>, <c>203.0.113.0/24</c>, <c>2001:db8:1::/48</c>; <see langword="null"/>: nothing. An IPv4 address within an IPv6 one counts as IPv4.</summary>
    public static string? Of(IPAddress? address, AddressKeeping keeping)
    {
        if (address is null) { return null; }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes(); // without the zone of an IPv6 address, which names a device of the server
        return keeping switch
        {
            AddressKeeping.Stored => new IPAddress(bytes).ToString(),
            AddressKeeping.Truncated => Truncate(bytes, plain.AddressFamily is AddressFamily.InterNetwork ? Version4Bytes : Version6Bytes),
            _ => null,
        };
    }

    private static string Truncate(byte[] bytes, int kept)
    {
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }
}
