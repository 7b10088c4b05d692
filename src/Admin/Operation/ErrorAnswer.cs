using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using SecureRecorder.Admin.Consent.Language;

namespace SecureRecorder.Admin.Operation;

/// <summary>An error in the form and language that its reader can use: a page for people, problem+json for programs.</summary>
internal static class ErrorAnswer
{
    private static readonly string[] PersonsPaths = ["/join", "/consent", "/live", "/receipts"];

    /// <summary>Writes what this status says by itself.</summary>
    public static Task WriteAsync(HttpContext http, int status) => WriteAsync(http, status, words => words.Of(status));

    public static Task WriteAsync(HttpContext http, int status, Func<ErrorWords, ErrorWord> choose)
    {
        if (http.Response.HasStarted) { return Task.CompletedTask; }

        http.Response.Headers.CacheControl = "no-store";
        return For(http, status, choose).ExecuteAsync(http);
    }

    /// <summary>The result for a reader who may be a recorded person: in their language.</summary>
    public static IResult For(HttpContext http, int status, Func<ErrorWords, ErrorWord> choose)
    {
        var language = LanguageOf(http);
        return For(http, status, language, choose(language.Words.Errors));
    }

    /// <summary>The result for a reader of the organization.</summary>
    public static IResult For(HttpContext http, int status, string title, string detail) => For(http, status, ParticipantLanguage.English, new(title, detail));

    /// <summary>The same, where trying again is what to do.</summary>
    /// <param name="again">Path of what was asked for.</param>
    public static IResult For(HttpContext http, int status, ErrorWord word, string again) => For(http, status, ParticipantLanguage.English, word, again);

    /// <summary>Whether a browser asks for a page, rather than a program for data.</summary>
    public static bool WantsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static IResult For(HttpContext http, int status, ParticipantLanguage language, ErrorWord word, string? again = null) => WantsPage(http.Request)
        ? new RazorComponentResult<ErrorPage>(new { Language = language, Word = word, Start = StartOf(http.Request), Again = again }) { StatusCode = status }
        : TypedResults.Problem(word.Detail, statusCode: status, title: word.Title);

    /// <summary>What the browser asks for; who has an account reads English, as all pages of the organization are.</summary>
    private static ParticipantLanguage LanguageOf(HttpContext http) =>
        http.User.Identities.Any(identity => identity.AuthenticationType == IdentityConstants.ApplicationScheme)
            ? ParticipantLanguage.English
            : LanguageNegotiation.Of(http.Request);

    private static string StartOf(HttpRequest request) =>
        Array.Exists(PersonsPaths, path => request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)) ? "/join" : "/";
}
