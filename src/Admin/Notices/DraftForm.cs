using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>What the editor's form sends.</summary>
public sealed class DraftForm
{
    public string? Controller { get; set; }
    public string? Contact { get; set; }
    public string? ComplaintAuthority { get; set; }
    public string? What { get; set; }
    public string? WhatChat { get; set; }
    public string? Purpose { get; set; }
    public string? LegalBasis { get; set; }
    public string? WhoMayWatch { get; set; }
    public string? Risks { get; set; }
    public string? Declining { get; set; }
    public string? Rights { get; set; }
    public string? SpecialCategories { get; set; }

    /// <summary>One a line.</summary>
    public string? Purposes { get; set; }

    public bool Enabled { get; set; }
    public bool AsksSpecialCategories { get; set; }
    public bool AsksGuardian { get; set; }

    /// <summary>The words, each on one line.</summary>
    public NoticeWords Words() => new()
    {
        Controller = Line(Controller),
        Contact = Line(Contact),
        ComplaintAuthority = Line(ComplaintAuthority),
        What = Line(What),
        WhatChat = Line(WhatChat),
        Purpose = Line(Purpose),
        LegalBasis = Line(LegalBasis),
        WhoMayWatch = Line(WhoMayWatch),
        Risks = Line(Risks),
        Declining = Line(Declining),
        Rights = Line(Rights),
        SpecialCategories = Line(SpecialCategories),
        Purposes = string.Join('\n', (Purposes ?? "").Split('\n').Select(Line).Where(line => line.Length > 0)),
    };

    /// <summary>A field is one line of the notice's text: line ends and other control characters become spaces.</summary>
    private static string Line(string? typed) => string.Join(' ', new string([.. (typed ?? "").Select(character => char.IsControl(character) ? ' ' : character)])
        .Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
