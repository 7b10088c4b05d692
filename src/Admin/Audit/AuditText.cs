namespace SecureRecorder.Admin.Audit;

/// <summary>What a row of the trail says beside its action, no longer than the trail has room for.</summary>
internal static class AuditText
{
    private const int Limit = 400;

    public static string Of(string text) => text.Length <= Limit ? text : text[..(Limit - 1)] + "…";
}
