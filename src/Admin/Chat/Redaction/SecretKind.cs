namespace SecureRecorder.Admin.Chat.Redaction;

/// <summary>What was removed, and the words that stand in its place.</summary>
/// <param name="Rank">Of findings that begin at the same character, the lowest rank names what was removed.</param>
internal sealed record SecretKind(string Name, string Marker, int Rank)
{
    public static readonly SecretKind Key = Removed("key", 0);
    public static readonly SecretKind Card = Removed("card number", 1);
    public static readonly SecretKind Iban = Removed("IBAN", 2);
    public static readonly SecretKind SecurityCode = Removed("security code", 3);
    public static readonly SecretKind Password = Removed("password", 4);

    /// <summary>Stands for a whole message that could not be searched to its end.</summary>
    public static readonly SecretKind NotChecked = Named("could not be checked");

    public static readonly IReadOnlyList<SecretKind> BuiltIn = [Key, Card, Iban, SecurityCode, Password, NotChecked];

    /// <summary>Of an administrator's pattern.</summary>
    public static SecretKind Named(string name) => new(name, $"[removed: {name}]", 5);

    private static SecretKind Removed(string name, int rank) => new(name, $"[{name} removed]", rank);
}
