using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace SecureRecorder.Admin.Operation;

/// <summary>An error in the form that its reader can use: a page for people, problem+json for programs.</summary>
internal static class ErrorAnswer
{
    public static Task WriteAsync(HttpContext http, int status, string? title, string? detail)
    {
        if (http.Response.HasStarted) { return Task.CompletedTask; }

        http.Response.Headers.CacheControl = "no-store";
        var (knownTitle, knownDetail) = Words(status);
        return For(http, status, title ?? knownTitle, detail ?? knownDetail).ExecuteAsync(http);
    }

    /// <summary>The result for this reader.</summary>
    public static IResult For(HttpContext http, int status, string title, string detail) => WantsPage(http.Request)
        ? new RazorComponentResult<ErrorPage>(new { Heading = title, Detail = detail }) { StatusCode = status }
        : TypedResults.Problem(detail, statusCode: status, title: title);

    /// <summary>Whether a browser asks for a page, rather than a program for data.</summary>
    public static bool WantsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static (string Title, string Detail) Words(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ("The request is not understood.", "Go back, load the page again and repeat it."),
        StatusCodes.Status401Unauthorized => ("You are not signed in.", "Sign in, or enter your code again."),
        StatusCodes.Status403Forbidden => ("You may not do this.", "Ask somebody who may."),
        StatusCodes.Status404NotFound => ("There is no such page.", "Check the address."),
        StatusCodes.Status405MethodNotAllowed => ("This cannot be done here.", "Check the address."),
        StatusCodes.Status413PayloadTooLarge => ("The request is too large.", "Send less at once."),
        _ => (ReasonPhrases.GetReasonPhrase(status), "Try again later."),
    };
}
