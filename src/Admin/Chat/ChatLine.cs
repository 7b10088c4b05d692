using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureRecorder.Admin.Chat;

/// <summary>One line of a segment of the track <c>chat</c>.</summary>
/// <param name="At">Seconds on the session's clock.</param>
/// <param name="Participant">Which participant, such as <c>p2</c>; absent: the technician.</param>
/// <param name="Removed">What was removed before anybody saw it.</param>
/// <remarks>Source: FORMAT.md §6.</remarks>
internal sealed record ChatLine(
    double At, ChatSide From, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Participant, string Text, IReadOnlyList<string> Removed)
{
    /// <param name="zero">The session clock's zero.</param>
    public static ChatLine Of(ChatMessage message, DateTimeOffset zero) =>
        new(Math.Round(Math.Max(0, (message.At - zero).TotalSeconds), 3), message.From, message.Participant, message.Text, message.Removed);

    /// <summary>JSON Lines, UTF-8.</summary>
    public static byte[] Write(IEnumerable<ChatLine> lines)
    {
        using var bytes = new MemoryStream();
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(bytes, line, ChatJson.Default.ChatLine);
            bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a segment.</summary>
    /// <exception cref="JsonException">Not JSON Lines of this kind.</exception>
    public static IEnumerable<ChatLine> Read(ReadOnlyMemory<byte> segment)
    {
        foreach (var line in Lines(segment)) { yield return JsonSerializer.Deserialize(line.Span, ChatJson.Default.ChatLine)!; }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> segment)
    {
        while (!segment.IsEmpty)
        {
            var end = segment.Span.IndexOf((byte)'\n');
            if (end != 0) { yield return end < 0 ? segment : segment[..end]; }
            segment = end < 0 ? default : segment[(end + 1)..];
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ChatLine))]
[JsonSerializable(typeof(ChatMessage))]
[JsonSerializable(typeof(IReadOnlyList<ChatLine>))]
internal sealed partial class ChatJson : JsonSerializerContext;
