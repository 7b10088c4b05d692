using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A process that works on this catalogue. It says so every few seconds, and takes its row with it when it stops.</summary>
public sealed class ServerNode
{
    public const int NameLimit = 100;

    /// <summary>One that was not heard of for so long counts as gone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public required Guid Id { get; init; }

    /// <summary>Machine and process.</summary>
    [MaxLength(NameLimit)] public required string Name { get; init; }

    /// <summary>Whether it answers people and recorders.</summary>
    public required bool Web { get; init; }

    /// <summary>Whether it runs the scheduled jobs.</summary>
    public required bool Jobs { get; init; }

    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset SeenAt { get; set; }

    /// <summary>Which keys it has.</summary>
    [MaxLength(128)] public required string Keys { get; init; }

    /// <summary>Where its folder of recordings is; null: they go into a bucket.</summary>
    [MaxLength(1024)] public string? Folder { get; init; }
}
