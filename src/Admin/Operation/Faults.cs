using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Operation;

/// <summary>The one place in which exceptions become answers. None of them tells a stranger how the server is built.</summary>
internal sealed partial class Faults(ILogger<Faults> log) : IExceptionHandler
{
    private const int RetryAfterSeconds = 5;

    /// <summary>What people read who need a key of a vault that does not answer; why is the operator's.</summary>
    public static ErrorWord KeyVaultIsAway { get; } = new("The key vault cannot be reached.", "This recording's key lies in the organization's key vault, which does not answer now. Nothing is lost. Try again in a moment; if it goes on, tell the operator.");

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested) { return true; }

        var (status, inEnglish) = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, EnglishErrors.Words.NotUnderstood with { Detail = bad.Message }),
            AuthenticationFailureException => (503, new("The identity provider does not answer as it should.", "Try again. If it goes on, tell the operator: the reason is in the server's log.")),
            ObjectStoreException { Fault: ObjectStoreFault.Unsafe } => (503, new("The storage location is not safe.", "Nothing is recorded there until its bucket is private and in its region. Tell the administrator.")),
            KeyServiceException => (503, KeyVaultIsAway),
            ObjectStoreException => (503, new("The storage location does not answer.", "Nothing that was acknowledged is lost. Try again.")),
            PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } => (400, EnglishErrors.Words.NotUnderstood), // a NUL, which it has no place for
            DbUpdateException { InnerException: PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } } => (400, EnglishErrors.Words.NotUnderstood),
            DbUpdateConcurrencyException => (409, EnglishErrors.Words.Changed),
            _ => (500, EnglishErrors.Words.Failed),
        };
        if (status >= 500) { LogFault(exception, httpContext.Request.Method, httpContext.GetEndpoint()?.DisplayName ?? "no endpoint"); }
        if (status == 503) { httpContext.Response.Headers.RetryAfter = SecondsUntil(exception).ToString("0"); }
        await ErrorAnswer.WriteAsync(httpContext, status, words => words == EnglishErrors.Words ? inEnglish : words.Of(status)); // the other languages are of people, who need no more
        return true;
    }

    /// <summary>Seconds after which a try may be worth it.</summary>
    public static int SecondsUntil(Exception away) => away is KeyServiceException { RetryAfter: { } wait } ? (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 3600) : RetryAfterSeconds;

    [LoggerMessage(2001, LogLevel.Error, "{Method} {Endpoint} failed")]
    private partial void LogFault(Exception exception, string method, string endpoint);
}
