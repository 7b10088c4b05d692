using System.Net;
using System.Net.Sockets;

namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>The union of some address ranges. What is private (RFC 1918) does not count: nobody comes from there over the internet.</summary>
internal sealed class AddressRanges
{
    private const int WidestV4 = 8;
    private const int WidestV6 = 32;

    private static readonly IPNetwork[] PrivateRanges = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16")];

    private AddressRanges(bool areBroad) => AreBroad = areBroad;

    /// <summary>Whether the union has a block wider than /8 (IPv4) or /32 (IPv6).</summary>
    public bool AreBroad { get; }

    /// <param name="values">Addresses or CIDR blocks.</param>
    /// <returns><see langword="null"/>: one of them is neither.</returns>
    public static AddressRanges? Read(IEnumerable<string> values)
    {
        var (v4, v6) = (new List<(UInt128 First, UInt128 Last)>(), new List<(UInt128 First, UInt128 Last)>());
        foreach (var value in values)
        {
            if (Parse(value.Trim()) is not var (address, length)) { return null; }
            var isV4 = address.AddressFamily is AddressFamily.InterNetwork;
            if (isV4 && PrivateRanges.Any(range => range.PrefixLength <= length && range.Contains(address))) { continue; }
            (isV4 ? v4 : v6).Add(RangeOf(address, length));
        }

        return new(HasBlockWiderThan(v4, WidestV4, 32) || HasBlockWiderThan(v6, WidestV6, 128));
    }

    private static (IPAddress Address, int Length)? Parse(string value)
    {
        var (text, length) = value.Split('/', 2) is [var before, var after] ? (before, int.TryParse(after, out var given) ? given : -1) : (value, int.MaxValue);
        if (!IPAddress.TryParse(text, out var address)) { return null; }

        var bits = address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;
        return length == int.MaxValue ? (address, bits) : length >= 0 && length <= bits ? (address, length) : null;
    }

    private static (UInt128 First, UInt128 Last) RangeOf(IPAddress address, int length)
    {
        var number = UInt128.Zero;
        foreach (var part in address.GetAddressBytes()) { number = (number << 8) | part; }

        var bits = address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;
        var hosts = length == 0 && bits == 128 ? UInt128.MaxValue : (UInt128.One << (bits - length)) - 1;
        return (number & ~hosts, (number & ~hosts) | hosts);
    }

    /// <summary>Merges what touches, and looks for a block of the next size up, at a place where such a block begins.</summary>
    private static bool HasBlockWiderThan(List<(UInt128 First, UInt128 Last)> ranges, int widest, int bits)
    {
        var size = UInt128.One << (bits - widest + 1);
        ranges.Sort();
        for (var i = 0; i < ranges.Count;)
        {
            var (first, last) = ranges[i];
            for (i++; i < ranges.Count && (last == UInt128.MaxValue || ranges[i].First <= last + 1); i++) { last = UInt128.Max(last, ranges[i].Last); }

            var begin = first % size == 0 ? first : first - (first % size) + size;
            if (begin >= first && begin <= last && last - begin >= size - 1) { return true; }
        }

        return false;
    }
}
