using SecureRecorder.Admin.Requests;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Breaches;

/// <summary>Somebody writes down what they found out or did.</summary>
internal sealed class NoteBreach(CatalogueDb catalogue, ChangeBreach change)
{
    public Task<BreachOutcome> RunAsync(Guid id, string account, string? typed, CancellationToken cancellation)
    {
        var text = TypedText.Clean(typed);
        return change.RunAsync(id, account, "breach.noted", (breach, now) =>
        {
            if (RefusalOf(text, "The note") is { } why) { return why; }

            catalogue.BreachNotes.Add(new() { Id = Guid.CreateVersion7(now), Breach = breach.Id, At = now, Author = account, Text = text });
            return null;
        }, _ => null, cancellation);
    }

    internal static string? RefusalOf(string text, string what) => text.Length switch
    {
        0 => $"{what} is empty.",
        > BreachNote.TextLimit => $"{what} has {text.Length} characters; it may have {BreachNote.TextLimit}.",
        _ => null,
    };
}
