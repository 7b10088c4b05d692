using Microsoft.AspNetCore.Http.HttpResults;
using SecureRecorder.Admin.Consent.Language;

namespace SecureRecorder.Admin.Consent;

/// <summary>What became of a receipt, in the person's language. The title is for the person; <c>reason</c>, in English, for who looks for the cause.</summary>
internal static class ConsentAnswers
{
    public static IResult Of(AcceptConsent.Outcome outcome, ConsentProblems words) => outcome switch
    {
        AcceptConsent.Outcome.Accepted => TypedResults.Ok(new ConsentTaken("/live")),
        AcceptConsent.Outcome.TooLate late => TooLate(late.TimeIsOver, words),
        AcceptConsent.Outcome.LocationIsNotSafe location => Problem(StatusCodes.Status503ServiceUnavailable, words.Unavailable, location.Why),
        AcceptConsent.Outcome.Refused { IsForAnotherNotice: true } refused => Problem(StatusCodes.Status422UnprocessableEntity, words.NoticeChanged, refused.Why),
        AcceptConsent.Outcome.Refused { ClockIsAway: { } away } refused =>
            Problem(StatusCodes.Status422UnprocessableEntity, words.ClockIsWrong(away.TotalMinutes, AcceptConsent.ClockTolerance.TotalMinutes), refused.Why),
        AcceptConsent.Outcome.Refused refused => Problem(StatusCodes.Status422UnprocessableEntity, words.ReceiptRefused, refused.Why),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    public static ProblemHttpResult TooLate(bool timeIsOver, ConsentProblems words) => timeIsOver
        ? Problem(StatusCodes.Status409Conflict, words.TooLate, "The time to decide is over.")
        : Problem(StatusCodes.Status409Conflict, words.AlreadyDecided, "A consent is given once.");

    private static ProblemHttpResult Problem(int status, string title, string reason) => TypedResults.Problem(statusCode: status, title: title, extensions: [new("reason", reason)]);
}

/// <summary>A consent that counts. <paramref name="Next"/>: the page to go on to.</summary>
internal sealed record ConsentTaken(string Next);
