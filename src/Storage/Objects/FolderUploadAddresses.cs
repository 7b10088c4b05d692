using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SecureRecorder.Storage.Objects;

/// <summary>Makes and checks the addresses through which recorders put objects into a folder by way of the server.</summary>
/// <remarks>
/// <c>&lt;server&gt;/objects/&lt;name&gt;?expires=&lt;unix seconds&gt;&amp;signature=&lt;base64url&gt;</c>; the signature is HMAC-SHA-256 over
/// <c>PUT</c>, the name and the expiry, one a line. Like a presigned S3 address it serves one method on one object until it
/// expires, and demands <c>If-None-Match: *</c>, so that it never overwrites.
/// </remarks>
public sealed class FolderUploadAddresses
{
    /// <summary>Where the server receives them, below its base address; the object's name follows.</summary>
    public const string BasePath = "objects/";

    /// <summary>Longest validity of an address, as in S3.</summary>
    public static readonly TimeSpan LongestValidity = TimeSpan.FromDays(7);

    private const int ShortestKey = 32;
    private static readonly Dictionary<string, string> RequiredHeaders = new(StringComparer.OrdinalIgnoreCase) { ["If-None-Match"] = "*" };
    private readonly Uri _serverBase;
    private readonly byte[] _key;
    private readonly TimeProvider _clock;

    /// <param name="serverBase">The server as recorders reach it, e.g. <c>https://recorder.example.org/</c>.</param>
    /// <param name="key">At least 32 secret bytes, the same on every node and after a restart.</param>
    /// <param name="clock">The clock that expiry is told by.</param>
    public FolderUploadAddresses(Uri serverBase, ReadOnlySpan<byte> key, TimeProvider clock)
    {
        if (key.Length < ShortestKey) { throw new ArgumentException($"The key for upload addresses has {key.Length} bytes; it needs {ShortestKey}.", nameof(key)); }

        _serverBase = serverBase.AbsoluteUri.EndsWith('/') ? serverBase : new Uri(serverBase.AbsoluteUri + "/");
        _key = key.ToArray();
        _clock = clock;
    }

    /// <summary>An address for one PUT of this object.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="validity"/> is not 1 second to <see cref="LongestValidity"/>.</exception>
    public UploadAddress Create(string name, TimeSpan validity)
    {
        ObjectName.Require(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(validity, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validity, LongestValidity);
        var expires = _clock.GetUtcNow().Add(validity).ToUnixTimeSeconds();
        var url = new Uri(_serverBase, $"{BasePath}{name}?expires={expires}&signature={Base64Url.EncodeToString(Sign(name, expires))}");
        return new(url, RequiredHeaders, DateTimeOffset.FromUnixTimeSeconds(expires));
    }

    /// <summary>Whether this server made the address for this object, it has not expired, and its header came with it. Takes the same time for every wrong signature.</summary>
    public AddressVerdict Check(string name, string? expires, string? signature, string? ifNoneMatch)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        if (!ObjectName.IsValid(name)
            || !long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || signature is null || signature.Length > 64 || !Base64Url.IsValid(signature)
            || !Base64Url.TryDecodeFromChars(signature, given, out var length) || length != given.Length
            || !CryptographicOperations.FixedTimeEquals(given, Sign(name, seconds))
            || ifNoneMatch != RequiredHeaders["If-None-Match"])
        {
            return AddressVerdict.Forged;
        }

        return seconds > _clock.GetUtcNow().ToUnixTimeSeconds() ? AddressVerdict.Valid : AddressVerdict.Expired;
    }

    private byte[] Sign(string name, long expires) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"PUT\n{name}\n{expires}"));
}

/// <summary>What an upload address is worth.</summary>
public enum AddressVerdict
{
    /// <summary>Not made by this server for this object, or sent without its header.</summary>
    Forged,

    /// <summary>Made by this server, but its time is over.</summary>
    Expired,

    /// <summary>It may be used.</summary>
    Valid,
}
