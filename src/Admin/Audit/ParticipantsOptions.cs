using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Audit;

/// <summary>What is kept of recorded persons beside what they agreed to. Section <c>Participants</c>; checked before the host starts.</summary>
public sealed class ParticipantsOptions
{
    public const string Section = "Participants";

    /// <summary>What the audit trail keeps of the address that a recorded person acts from: <see cref="AddressKeeping.NotStored"/> by default. It is kept nowhere else.</summary>
    [EnumDataType(typeof(AddressKeeping), ErrorMessage = "Participants:NetworkAddresses must be NotStored, Truncated or Stored.")]
    public AddressKeeping NetworkAddresses { get; init; } = AddressKeeping.NotStored;
}

/// <summary>How much of a network address is kept.</summary>
public enum AddressKeeping
{
    /// <summary>Nothing.</summary>
    NotStored,

    /// <summary>The network that it lies in: <c>/24</c> of IPv4, <c>/48</c> of IPv6.</summary>
    Truncated,

    /// <summary>All of it.</summary>
    Stored,
}

[OptionsValidator]
internal sealed partial class ParticipantsOptionsValidator : IValidateOptions<ParticipantsOptions>;
