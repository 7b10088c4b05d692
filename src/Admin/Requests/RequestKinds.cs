using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Requests;

/// <summary>Kinds of requests, as forms name them and as people read them.</summary>
internal static class RequestKinds
{
    private static readonly (RequestKind Kind, string Name)[] Names = [(RequestKind.Copy, "copy"), (RequestKind.Erasure, "erasure"), (RequestKind.NotMe, "not-me")];

    public static IEnumerable<RequestKind> All => Names.Select(known => known.Kind);

    /// <summary>How a form names it.</summary>
    public static string NameOf(RequestKind kind) => Names.Single(known => known.Kind == kind).Name;

    /// <summary>The kind that a form names, or <see langword="null"/>.</summary>
    public static RequestKind? Read(string? name) => Names.Where(known => known.Name == name).Select(known => (RequestKind?)known.Kind).SingleOrDefault();

    /// <summary>What the person says with it.</summary>
    public static string Words(RequestKind kind) => kind switch
    {
        RequestKind.Copy => "Send me a copy",
        RequestKind.Erasure => "Erase it",
        _ => "This was not me",
    };

    /// <summary>What it asks of the organization.</summary>
    public static string Meaning(RequestKind kind) => kind switch
    {
        RequestKind.Copy => "You ask for a copy of what was recorded of you.",
        RequestKind.Erasure => "You ask that the recording is deleted before its time. The organization tells you if something obliges it to keep it.",
        _ => "Somebody else used the code and allowed the recording in your place. The organization looks into it.",
    };
}
