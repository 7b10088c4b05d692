using Microsoft.AspNetCore.Http.HttpResults;

namespace SecureRecorder.Admin.Operation;

/// <summary>Refusals as problem+json: the title says what, the detail says what to do.</summary>
internal static class Problems
{
    public static ProblemHttpResult NotFound(string title, string detail) => Of(StatusCodes.Status404NotFound, title, detail);

    public static ProblemHttpResult BadRequest(string title, string detail) => Of(StatusCodes.Status400BadRequest, title, detail);

    public static ProblemHttpResult Forbidden(string title, string detail) => Of(StatusCodes.Status403Forbidden, title, detail);

    public static ProblemHttpResult Conflict(string title, string detail) => Of(StatusCodes.Status409Conflict, title, detail);

    /// <summary>A conflict about the order of segments; <paramref name="expected"/> is the index that may come next.</summary>
    public static ProblemHttpResult OutOfStep(string title, string detail, long expected) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict, title: title, extensions: [new("expected", expected)]);

    public static ProblemHttpResult Unavailable(string title, string detail) => Of(StatusCodes.Status503ServiceUnavailable, title, detail);

    private static ProblemHttpResult Of(int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title);
}
