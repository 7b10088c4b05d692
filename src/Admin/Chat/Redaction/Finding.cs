namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>A stretch of a message that must go. Positions count UTF-16 code units; <paramref name="End"/> is the first that stays.</summary>
internal readonly record struct Finding(int Start, int End, SecretKind Kind);
