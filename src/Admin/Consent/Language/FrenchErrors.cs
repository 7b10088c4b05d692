namespace SecureRecorder.Admin.Consent.Language;

/// <summary>Error pages in French.</summary>
internal static class FrenchErrors
{
    public static ErrorWords Words { get; } = new()
    {
        Back = "Retour au début",
        NotUnderstood = new("La demande n’a pas été comprise.", "Revenez en arrière, rechargez la page et recommencez."),
        NoSession = new("Cette page n’appartient à aucune session.", "Saisissez le code que le technicien vous donne."),
        NotAllowed = new("Vous ne pouvez pas faire cela.", "Demandez à une personne autorisée."),
        NoSuchPage = new("Cette page n’existe pas.", "Vérifiez l’adresse."),
        TooLarge = new("La demande est trop volumineuse.", "Envoyez moins à la fois."),
        TooManyTries = new("Trop de tentatives.", "Attendez {0} secondes et réessayez."),
        Failed = new("Une erreur s’est produite sur le serveur.", "Réessayez dans un instant. L’exploitant en trouve la cause dans le journal du serveur."),
        Unavailable = new("Le serveur ne peut pas le faire pour le moment.", "Rien de ce qui a été enregistré n’est perdu. Réessayez dans un instant."),
        Changed = new("La session vient de changer.", "Regardez-la de nouveau et répétez ce que vous vouliez faire."),
        OnlyForTheRecordedPerson = new(
            "Les codes sont destinés à la personne qui doit être enregistrée.",
            "Ce navigateur est connecté avec un compte : personne ne consent à la place d’autrui. Utilisez l’appareil de la personne, ou déconnectez-vous d’abord."),
        NoReceipt = new("Il n’y a pas de reçu.", "Vous n’avez autorisé aucun enregistrement."),
        ReceiptIsErased = new("Le reçu n’est plus là.", "Il a été effacé avec l’enregistrement. Si vous l’aviez téléchargé, il prouve toujours ce que vous avez autorisé."),
        WrongReceiptLink = new("Ce lien vers le reçu ne fonctionne pas.", "Il n’est pas complet, ou ce à quoi il menait est effacé. Copiez toute l’adresse de votre reçu."),
    };
}
