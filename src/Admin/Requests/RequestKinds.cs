using SecureRecorder.Admin.Consent.Language;
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

    /// <summary>What the person says with it, for the organization.</summary>
    public static string Words(RequestKind kind) => ParticipantLanguage.English.Words.Receipt.Requests.Of(kind).Name;
}
