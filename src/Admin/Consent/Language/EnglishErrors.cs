namespace SecureRecorder.Admin.Consent.Language;

/// <summary>Error pages in English.</summary>
internal static class EnglishErrors
{
    public static ErrorWords Words { get; } = new()
    {
        Back = "Back to the start",
        NotUnderstood = new("The request is not understood.", "Go back, load the page again and repeat it."),
        NoSession = new("This page belongs to no session.", "Enter the code that the technician gives you."),
        NotAllowed = new("You may not do this.", "Ask somebody who may."),
        NoSuchPage = new("There is no such page.", "Check the address."),
        TooLarge = new("The request is too large.", "Send less at once."),
        TooManyTries = new("Too many tries.", "Wait {0} seconds and try again."),
        Failed = new("The server failed.", "Try again in a moment. The operator finds the reason in the server's log."),
        Unavailable = new("The server cannot do this now.", "Nothing that was stored is lost. Try again in a moment."),
        Changed = new("The session has just changed.", "Look at it again and repeat what you wanted."),
        OnlyForTheRecordedPerson = new(
            "Codes are for the person who is to be recorded.",
            "This browser is signed in with an account: nobody consents for somebody else. Use the person's own device, or sign out first."),
        NoReceipt = new("There is no receipt.", "You have not allowed a recording."),
        ReceiptIsErased = new("The receipt is not there any more.", "It was deleted with the recording. If you downloaded it before, it still proves what you allowed."),
        WrongReceiptLink = new("This receipt link does not work.", "It is not whole, or what it led to is deleted. Copy all of the address from your receipt."),
    };
}
