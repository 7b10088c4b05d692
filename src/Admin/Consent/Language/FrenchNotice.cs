using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The notice in French. Spaces before colons and question marks do not break (U+00A0).</summary>
internal static class FrenchNotice
{
    private static readonly string[] Months =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

    public static NoticeFrame Frame { get; } = new()
    {
        Title = "Cette session d’assistance peut-elle être enregistrée\u00A0?",
        Asks = technician => $"{technician}, de l’assistance, vous le demande. Rien n’est enregistré sans votre accord.",
        GuardianDecides = "La question vous est posée en tant que représentant légal de la personne mineure qui doit être enregistrée\u00A0: vous décidez à sa place, et avec elle.",
        GuardianToo = "Si vous n’êtes pas majeur, la question est posée aussi à votre représentant légal, avec son propre code. Rien n’est enregistré avant que vous l’ayez tous deux autorisé.",
        Who = "Qui enregistre",
        What = "Quoi",
        Why = "Pourquoi",
        Until = "Jusqu’à quand",
        KeptUntil = date => $"Jusqu’au {date}. L’enregistrement est ensuite supprimé.",
        WhoMayWatch = "Qui peut le voir",
        OnlyFor = purposes => $"Uniquement pour\u00A0: {purposes}.",
        Where = "Où",
        KeptIn = region => $"Chiffré, dans le stockage propre de l’organisation, région {region}.",
        Risks = "Attention",
        Declining = "Si vous refusez",
        LegalBasis = "Base juridique",
        Rights = "Vos droits",
        Contact = contact => $"Contact\u00A0: {contact}",
        Complain = authority => $"Vous pouvez introduire une réclamation auprès de\u00A0: {authority}",
        SpecialCategories = "Informations particulièrement protégées",
        WithoutTheTick = "Vous pouvez laisser cette case vide et autoriser quand même l’enregistrement. Dans ce cas, n’affichez pas de tels contenus à l’écran, ou mettez l’enregistrement en pause avant qu’ils n’apparaissent.",
        Date = (day, month, year) => $"{(day == 1 ? "1er" : $"{day}")} {Months[month - 1]} {year}",
    };

    public static NoticeWords Defaults { get; } = new()
    {
        Controller = "",
        Contact = "",
        ComplaintAuthority = "",
        What = "Ce que vous partagez de votre écran. Ni son, ni caméra, ni frappes au clavier.",
        WhatChat = "Et votre discussion pendant ce temps\u00A0; numéros de carte, mots de passe et données semblables en sont retirés.",
        Purpose = "Pour documenter l’assistance, répondre à des questions ultérieures et l’améliorer.",
        LegalBasis = "Votre consentement (article 6, paragraphe 1, point a), du RGPD).",
        WhoMayWatch = "La personne qui vous assiste et celles chargées de la qualité, des réclamations ou de la sécurité. Chaque visionnage exige un motif et est journalisé.",
        Risks = "Tout ce qui est à l’écran peut être enregistré\u00A0: fermez ce qui est privé et ne saisissez aucun mot de passe.",
        Declining = "Refuser ne vous coûte rien\u00A0: l’assistance continue sans enregistrement. Si vous acceptez, vous pouvez mettre l’enregistrement en pause ou l’arrêter à tout moment.",
        Purposes = "Assurance qualité\nRéclamation ou litige\nIncident de sécurité\nFormation du personnel",
        Rights = "Vous pouvez retirer votre consentement à tout moment, sans que cela remette en cause ce qui était licite auparavant. Vous pouvez demander une copie de l’enregistrement, sa rectification, la limitation du traitement ou son effacement.",
        SpecialCategories = "J’accepte expressément que des informations sur ma santé, mon appartenance syndicale ou mes convictions religieuses ou philosophiques soient enregistrées si elles apparaissent sur mon écran.",
    };
}
