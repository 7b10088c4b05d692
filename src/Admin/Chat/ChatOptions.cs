using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Chat;

/// <summary>What becomes of what is written in the chat. Section <c>Chat</c>; checked before the host starts.</summary>
public sealed class ChatOptions
{
    public const string Section = "Chat";

    /// <summary>Characters (UTF-16) of one message.</summary>
    public const int LongestMessage = 4000;

    /// <summary>What the first retention policy says of chats, until an org admin saves another version; <see cref="ChatKeeping.Recording"/> by default.</summary>
    [EnumDataType(typeof(ChatKeeping), ErrorMessage = "Chat:Keep must be Recording, Session or Nothing.")]
    public ChatKeeping Keep { get; init; } = ChatKeeping.Recording;
}

[OptionsValidator]
internal sealed partial class ChatOptionsValidator : IValidateOptions<ChatOptions>;
