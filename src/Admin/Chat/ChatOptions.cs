using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Chat;

/// <summary>What becomes of what is written in the chat. Section <c>Chat</c>; checked before the host starts.</summary>
public sealed class ChatOptions
{
    public const string Section = "Chat";

    /// <summary>Characters (UTF-16) of one message.</summary>
    public const int LongestMessage = 4000;

    /// <summary><see cref="ChatKeeping.Recording"/> by default.</summary>
    [EnumDataType(typeof(ChatKeeping), ErrorMessage = "Chat:Keep must be Recording, Session or Nothing.")]
    public ChatKeeping Keep { get; init; } = ChatKeeping.Recording;
}

/// <summary>How long a chat message lives.</summary>
public enum ChatKeeping
{
    /// <summary>While the session is recorded it is sealed into the recording, if the person allowed that too; else as <see cref="Session"/>.</summary>
    Recording,

    /// <summary>In the server's memory until the session is forgotten, for a page that is loaded again. On no disk.</summary>
    Session,

    /// <summary>It passes through: a page that is loaded later does not show it.</summary>
    Nothing,
}

[OptionsValidator]
internal sealed partial class ChatOptionsValidator : IValidateOptions<ChatOptions>;
