namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The recorded person's pages in French.</summary>
internal static class FrenchWords
{
    public static ParticipantWords Pages { get; } = new()
    {
        SkipToContent = "Aller au contenu",
        LanguageLabel = "Langue",
        Join = new()
        {
            Heading = "Saisissez votre code",
            Hint = "La personne qui vous assiste vous le communique. Cette page vous montre ensuite qui souhaite enregistrer votre session d’assistance, et pourquoi. Vous décidez à ce moment-là\u00A0; la saisie du code n’enregistre rien.",
            Code = "Code",
            Continue = "Continuer",
            NoAccount = "Ni compte ni nom ne sont nécessaires.",
            Refused = "Ce code n’est pas valable. Il est erroné, déjà utilisé ou expiré. Demandez-en un nouveau à la personne qui vous assiste.",
            SameBrowser = "Cet appareil participe déjà à la session. Chaque personne saisit son propre code sur son propre appareil.",
        },
        Decision = new()
        {
            PageTitle = "Cette session peut-elle être enregistrée\u00A0?",
            More = "Si vous refusez, vos droits, contact",
            Allow = "Autoriser",
            Decline = "Refuser",
            SilenceBefore = "Sans choix avant ",
            SilenceAfter = ", cela vaut refus, sans conséquence pour vous.",
            NeedMoreTime = "J’ai besoin de plus de temps",
            NoScript = "Votre consentement est signé sur cet appareil, ce qui nécessite JavaScript. Sans JavaScript, vous pouvez refuser\u00A0; l’assistance continue sans enregistrement.",
        },
        Problems = new()
        {
            Insecure = "Cette page n’a pas été chargée de façon sécurisée (https)\u00A0: rien ne peut être signé sur cet appareil. Dites-le à la personne qui vous assiste.",
            NoticeChanged = "L’information affichée sur cette page n’est pas celle que le serveur conserverait. Rien n’a été signé. Rechargez la page et relisez-la.",
            Unavailable = "Rien ne peut être enregistré pour l’instant\u00A0: le serveur ou son stockage ne répond pas, ou n’est pas sûr. Rien de vous n’a été enregistré. Réessayez, ou dites-le à la personne qui vous assiste.",
            NoSession = "Cette page n’appartient plus à aucune session. Demandez un nouveau code à la personne qui vous assiste.",
            TooLate = "Le délai pour décider est écoulé. Rien de vous n’a été enregistré. Demandez un nouveau code à la personne qui vous assiste.",
            AlreadyDecided = "La décision a déjà été prise pour cette session. Rechargez la page.",
            ReceiptRefused = "Le serveur n’accepte pas le reçu signé par cette page. Rien de vous n’a été enregistré. Rechargez la page, ou dites-le à la personne qui vous assiste.",
            ClockIsWrong = (away, limit) => $"L’horloge de cet appareil a {away:0} minutes d’écart avec celle du serveur\u00A0; {limit:0} au plus sont admises. Réglez-la et réessayez.",
        },
        Closed = new()
        {
            DeclinedHeading = "Vous avez refusé",
            ClosedHeading = "Cette session est fermée",
            NothingRecorded = "Rien n’a été enregistré.",
            Declined = "L’assistance continue sans enregistrement. Vous pouvez fermer cette page.",
            Expired = "Aucune décision n’a été prise à temps, ce qui vaut refus. L’assistance continue sans enregistrement.",
            EnterAnotherCode = "Saisir un autre code",
            NotRecorded = "Rien de vous n’a été enregistré.",
            StaysPaused = "L’enregistrement de cette session reste en pause tant que vous y participez. Si vous partez, il peut continuer sans vous.",
            LeftHeading = "Vous avez quitté la session",
            Left = "Rien de vous n’a été enregistré. L’enregistrement peut continuer sans vous.",
        },
        Live = FrenchLive.Page,
        Errors = FrenchErrors.Words,
        Receipt = FrenchReceipt.Words,
        Keeping = KeepingWords.French,
    };
}
