using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>How often what could be guessed may be tried. Section <c>RateLimits</c>; checked before the host starts.</summary>
public sealed class GuessingOptions
{
    public const string Section = "RateLimits";

    /// <summary>Tries a minute from one address: 1 to 10000, default 10.</summary>
    [Range(1, 10_000, ErrorMessage = "RateLimits:TriesPerAddress must be {1} to {2}.")] public int TriesPerAddress { get; init; } = 10;

    /// <summary>Tries a minute from everywhere together: 1 to 100000, default 300.</summary>
    [Range(1, 100_000, ErrorMessage = "RateLimits:TriesInAll must be {1} to {2}.")] public int TriesInAll { get; init; } = 300;
}

[OptionsValidator]
internal sealed partial class GuessingOptionsValidator : IValidateOptions<GuessingOptions>;

/// <summary>Says that an endpoint takes something that could be guessed.</summary>
internal sealed record Guessable;

/// <summary>Codes, passwords and links: a few tries a minute for each address, and a limit for everybody together.</summary>
internal sealed class GuessingLimits(IOptions<GuessingOptions> options) : IConfigureOptions<RateLimiterOptions>
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public void Configure(RateLimiterOptions limiter)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = static (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString("0", CultureInfo.InvariantCulture);
            return new(ErrorAnswer.WriteAsync(rejected.HttpContext, StatusCodes.Status429TooManyRequests, words => words.TooManyTriesFor(wait)));
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => http.GetEndpoint()?.Metadata.GetMetadata<Guessable>() is null
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetFixedWindowLimiter("all", _ => Limit(options.Value.TriesInAll)));
        limiter.AddPolicy(WebSafety.GuessingPolicy, http => RateLimitPartition.GetFixedWindowLimiter(
            AddressOf(http.Connection.RemoteIpAddress), _ => Limit(options.Value.TriesPerAddress)));
    }

    /// <summary>Applies both limits to an endpoint.</summary>
    public static TBuilder On<TBuilder>(TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Guessable()).RequireRateLimiting(WebSafety.GuessingPolicy);

    /// <summary>Whom an address stands for: of IPv6 its first 64 bits, since whoever has one such address has all that begin so.</summary>
    internal static string AddressOf(IPAddress? address)
    {
        if (address is null) { return "unknown"; }
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily is AddressFamily.InterNetwork) { return address.MapToIPv4().ToString(); }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(bytes.Length / 2).Clear();
        return new IPAddress(bytes).ToString();
    }

    private static FixedWindowRateLimiterOptions Limit(int tries) => new() { PermitLimit = tries, Window = Window, QueueLimit = 0 };
}
