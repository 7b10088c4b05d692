using System.Text.Json.Serialization;

namespace SecureRecorder.Admin.Chat;

/// <summary>One message, as both sides see it: secrets are gone from <paramref name="Text"/> already.</summary>
/// <param name="Id">Counts from 1 in each session.</param>
/// <param name="Participant">Which participant, such as <c>p2</c>; null: the technician.</param>
/// <param name="Removed">What was removed, e.g. <c>card number</c>; empty: nothing.</param>
/// <param name="Recorded">Whether it becomes part of the recording.</param>
internal sealed record ChatMessage(long Id, ChatSide From, string? Participant, DateTimeOffset At, string Text, IReadOnlyList<string> Removed, bool Recorded);

/// <summary>Who writes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChatSide>))]
public enum ChatSide
{
    [JsonStringEnumMemberName("person")] Person,
    [JsonStringEnumMemberName("technician")] Technician,
}
