namespace SecureRecorder.Admin.Requests;

/// <summary>What somebody typed into a form, as it is kept.</summary>
internal static class TypedText
{
    /// <summary>Lines end with LF, as a page counts them; control characters, which no keyboard types, are left out.</summary>
    public static string Clean(string? typed) =>
        new string([.. (typed ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Where(c => c is '\n' or '\t' || !char.IsControl(c))]).Trim();
}
