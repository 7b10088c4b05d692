using System.Security.Cryptography;

namespace SecureRecorder.Storage.Keys;

/// <summary>A passphrase of a local key: from a file of its owner's, or from the environment; never from a command line, which others can read.</summary>
public static class Passphrase
{
    /// <summary>Characters that the passphrase of a new key has, at least.</summary>
    public const int Shortest = 12;

    /// <summary>Characters that a passphrase may have.</summary>
    public const int Longest = 1024;

    /// <summary>The environment variable that command lines take it from.</summary>
    public const string Variable = "SECURE_RECORDER_KEY_PASSPHRASE";

    /// <summary>The file's first and only line, without its end.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">Others can read it.</exception>
    /// <exception cref="CryptographicException">It is empty, has several lines, or is too long.</exception>
    public static string Read(string path)
    {
        var line = OwnerOnlyFile.Read(path, "passphrase file");
        line = line.EndsWith("\r\n", StringComparison.Ordinal) ? line[..^2] : line.EndsWith('\n') ? line[..^1] : line;
        return line.Length == 0 ? throw new CryptographicException($"The passphrase file '{path}' is empty.")
            : line.AsSpan().ContainsAny('\r', '\n') ? throw new CryptographicException($"The passphrase file '{path}' has several lines; a passphrase is one.")
            : line.Length > Longest ? throw new CryptographicException($"The passphrase in '{path}' has {line.Length} characters; {Longest} are the limit.")
            : line;
    }

    /// <summary>The file's where there is one, else the environment's, else none.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static string? Of(string? file) => file is not null ? Read(file) : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : null;
}
