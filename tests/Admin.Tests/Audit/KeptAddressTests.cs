using System.Net;
using SecureRecorder.Admin.Audit;

namespace SecureRecorder.Admin.Tests.Audit;

public sealed class KeptAddressTests
{
    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24", "203.0.113.77")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24", "203.0.113.77")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48", "2001:db8:1:2:3:4:5:6")]
    [InlineData("fe80::1:2%7", "fe80::/48", "fe80::1:2")]
    [InlineData("::1", "::/48", "::1")]
    public void Nothing_the_network_or_all_of_it(string address, string truncated, string stored)
    {
        Assert.Null(KeptAddress.Of(IPAddress.Parse(address), AddressKeeping.NotStored));
        Assert.Equal(truncated, KeptAddress.Of(IPAddress.Parse(address), AddressKeeping.Truncated));
        Assert.Equal(stored, KeptAddress.Of(IPAddress.Parse(address), AddressKeeping.Stored));
    }

    [Fact]
    public void Where_there_is_no_address_nothing_is_kept() => Assert.Null(KeptAddress.Of(null, AddressKeeping.Stored));

    [Fact]
    public void The_longest_fits_into_the_audit_trail()
    {
        var longest = IPAddress.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        Assert.All([AddressKeeping.Stored, AddressKeeping.Truncated], keeping => Assert.InRange(KeptAddress.Of(longest, keeping)!.Length, 1, 45));
    }
}
