using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The notice in English.</summary>
internal static class EnglishNotice
{
    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public static NoticeFrame Frame { get; } = new()
    {
        Title = "May this support session be recorded?",
        Asks = technician => $"Your technician {technician} asks you. Nothing is recorded before you allow it.",
        GuardianDecides = "You are asked as the parent or guardian of the minor who is to be recorded: you decide in their place, and beside them.",
        GuardianToo = "If you are a minor, your parent or guardian is asked too, with a code of their own. Nothing is recorded before both of you allow it.",
        Who = "Who records",
        What = "What",
        Why = "Why",
        Until = "Until when",
        KeptUntil = date => $"Until {date}. Then it is deleted.",
        WhoMayWatch = "Who may watch",
        OnlyFor = purposes => $"Only for: {purposes}.",
        Where = "Where",
        KeptIn = region => $"Encrypted, in the organization’s own storage, region {region}.",
        Risks = "Take care",
        Declining = "If you decline",
        LegalBasis = "Legal basis",
        Rights = "Your rights",
        Contact = contact => $"Contact: {contact}",
        Complain = authority => $"You can complain to: {authority}",
        SpecialCategories = "Specially protected information",
        WithoutTheTick = "You can leave this box empty and still allow the recording. Then keep such content off your screen, or pause the recording before it appears.",
        Date = (day, month, year) => $"{day} {Months[month - 1]} {year}",
    };

    public static NoticeWords Defaults { get; } = new()
    {
        Controller = "",
        Contact = "",
        ComplaintAuthority = "",
        What = "What you share of your screen. No sound, no camera, no keystrokes.",
        WhatChat = "And your chat meanwhile; card numbers, passwords and the like are removed before anybody sees them.",
        Purpose = "To document your support, to settle later questions about it, and to improve it.",
        LegalBasis = "Your consent (Article 6(1)(a) of the GDPR).",
        WhoMayWatch = "Your technician, and those in the organization who handle quality, complaints or security. Every viewing needs a purpose and is logged.",
        Risks = "Anything on your screen can be recorded: close what is private, and type no passwords.",
        Declining = "Declining costs you nothing: the support goes on, unrecorded. If you allow it, you can pause or end the recording at any time.",
        Purposes = "Quality assurance\nComplaint or dispute\nSecurity incident\nTraining of staff",
        Rights = "You can withdraw your consent at any time, without affecting what was lawful until then. You can ask for a copy of the recording, for correction, for restriction or for erasure.",
        SpecialCategories = "I expressly agree that information about my health, my union membership, or my religious or philosophical beliefs is recorded if it is on my screen.",
    };
}
