using System.Buffers;

namespace SecureRecorder.Storage.Objects;

/// <summary>The names that every store accepts, so that what works in a folder works in a bucket and the other way round.</summary>
/// <remarks>
/// 1 to <see cref="MaximumLength"/> characters: parts of <c>a-z 0-9 - .</c> divided by <c>/</c>, none of them empty, beginning or
/// ending with a dot. That holds every name of FORMAT.md §1, and neither <c>..</c> nor an absolute path nor two names
/// that are one on a file system that ignores case.
/// </remarks>
internal static class ObjectName
{
    public const int MaximumLength = 200;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    public static bool IsValid(string? name)
    {
        if (name is null or "" || name.Length > MaximumLength) { return false; }

        foreach (var part in name.AsSpan().Split('/'))
        {
            if (!IsPart(name.AsSpan(part))) { return false; }
        }

        return true;
    }

    /// <exception cref="ArgumentException">It is not a name.</exception>
    public static void Require(string name)
    {
        if (!IsValid(name))
        {
            throw new ArgumentException(
                $"'{name}' is not an object name: 1 to {MaximumLength} characters, parts of a-z 0-9 - . divided by '/', no part beginning or ending with a dot.", nameof(name));
        }
    }

    /// <summary>A prefix is empty, or a name that may break off anywhere (<c>v1/</c>, <c>v1/0192</c>).</summary>
    /// <exception cref="ArgumentException">No name begins like this.</exception>
    public static void RequirePrefix(string prefix)
    {
        if (prefix.Length > 0 && !IsValid(prefix) && !IsValid(prefix + "0"))
        {
            throw new ArgumentException($"No object name begins with '{prefix}'.", nameof(prefix));
        }
    }

    private static bool IsPart(ReadOnlySpan<char> part) =>
        part.Length > 0 && part[0] != '.' && part[^1] != '.' && !part.ContainsAnyExcept(Allowed);
}
