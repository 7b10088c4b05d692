namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>A message without its secrets.</summary>
/// <param name="Kinds">Names of what was removed, each once, in the order of their first appearance. Empty: nothing was found, and the text is the message itself.</param>
internal sealed record RedactedText(string Text, IReadOnlyList<string> Kinds)
{
    public static readonly RedactedText NotChecked = new(SecretKind.NotChecked.Marker, [SecretKind.NotChecked.Name]);
}
