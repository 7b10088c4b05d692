using System.Globalization;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>What went wrong, and what the reader can do now.</summary>
public sealed record ErrorWord(string Title, string Detail);

/// <summary>What error pages say in one language to people without an account. A language without one of the words does not compile.</summary>
public sealed record ErrorWords
{
    public required string Back { get; init; }
    public required ErrorWord NotUnderstood { get; init; }
    public required ErrorWord NoSession { get; init; }
    public required ErrorWord NotAllowed { get; init; }
    public required ErrorWord NoSuchPage { get; init; }
    public required ErrorWord TooLarge { get; init; }

    /// <summary>With the seconds to wait at <c>{0}</c>.</summary>
    public required ErrorWord TooManyTries { get; init; }

    public required ErrorWord Failed { get; init; }
    public required ErrorWord Unavailable { get; init; }
    public required ErrorWord Changed { get; init; }
    public required ErrorWord OnlyForTheRecordedPerson { get; init; }
    public required ErrorWord NoReceipt { get; init; }
    public required ErrorWord ReceiptIsErased { get; init; }
    public required ErrorWord WrongReceiptLink { get; init; }

    /// <summary>The words for a status that nobody has said more about.</summary>
    public ErrorWord Of(int status) => status switch
    {
        StatusCodes.Status400BadRequest => NotUnderstood,
        StatusCodes.Status401Unauthorized => NoSession,
        StatusCodes.Status403Forbidden => NotAllowed,
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => NoSuchPage,
        StatusCodes.Status409Conflict => Changed,
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status503ServiceUnavailable => Unavailable,
        >= 500 => Failed,
        _ => NotUnderstood,
    };

    /// <param name="wait">Until the next try.</param>
    public ErrorWord TooManyTriesFor(TimeSpan wait) =>
        TooManyTries with { Detail = string.Format(CultureInfo.InvariantCulture, TooManyTries.Detail, Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))) };
}
