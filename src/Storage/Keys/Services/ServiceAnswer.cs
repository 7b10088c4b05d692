using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace SecureRecorder.Storage.Keys.Services;

/// <summary>What a vault answered over HTTP. It may hold a data key: dispose it, which zeroes it.</summary>
internal sealed class ServiceAnswer(int status, byte[] body, int length, TimeSpan? retryAfter) : IDisposable
{
    /// <summary>Bytes that an answer may have.</summary>
    private const int Limit = 1 << 16;

    public int Status => status;
    public TimeSpan? RetryAfter => retryAfter;
    public ReadOnlyMemory<byte> Body => body.AsMemory(0, length);
    public bool IsSuccess => status is >= 200 and < 300;

    /// <exception cref="IOException">It is longer than a vault's answer is.</exception>
    public static async Task<ServiceAnswer> ReadAsync(int status, string? retryAfter, Stream content, TimeProvider clock, CancellationToken cancellation)
    {
        var body = new byte[Limit];
        var length = await content.ReadAtLeastAsync(body, Limit, throwOnEndOfStream: false, cancellation);
        if (length == Limit) { throw new IOException($"it answered more than {Limit} bytes"); }

        return new(status, body, length, WaitOf(retryAfter, clock));
    }

    /// <summary>A text of the answer, by the names on the way to it; null where there is none, or the answer is no JSON.</summary>
    public string? Text(params ReadOnlySpan<string> path)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            var at = document.RootElement;
            foreach (var name in path)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) { return null; }
            }

            return at.ValueKind == JsonValueKind.String ? at.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The bytes of a secret member of this name, whose text is decoded without ever being a string.</summary>
    /// <returns><see langword="null"/>: there is none, or it is not of this alphabet.</returns>
    public byte[]? Secret(string member, bool url)
    {
        var reader = new Utf8JsonReader(Body.Span);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(member)) { continue; }
                if (!reader.Read() || reader.TokenType != JsonTokenType.String) { return null; }

                var text = new byte[reader.ValueSpan.Length];
                try
                {
                    return Decode(text.AsSpan(0, reader.CopyString(text)), url); // '+' may stand there as an escape
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(text);
                }
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // No answer of a vault's; what it says instead is not repeated.
        }

        return null;
    }

    /// <summary>What it says of the reason: one line of a vault's own words.</summary>
    public string Describe(string? message) => message is { Length: > 0 } ? $"it answered {status}: {(message.Length > 300 ? message[..300] : message).ReplaceLineEndings(" ")}" : $"it answered {status}";

    public void Dispose() => CryptographicOperations.ZeroMemory(body);

    private static byte[]? Decode(ReadOnlySpan<byte> text, bool url)
    {
        var decoded = new byte[text.Length];
        try
        {
            int written;
            if (url)
            {
                if (System.Buffers.Text.Base64Url.DecodeFromUtf8(text, decoded, out _, out written) != OperationStatus.Done) { return null; }
            }
            else if (System.Buffers.Text.Base64.DecodeFromUtf8(text, decoded, out _, out written) != OperationStatus.Done)
            {
                return null;
            }

            return decoded[..written];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
        }
    }

    private static TimeSpan? WaitOf(string? retryAfter, TimeProvider clock) =>
        int.TryParse(retryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(retryAfter, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? (at - clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero)
        : null;
}
