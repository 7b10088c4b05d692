using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Operation;

/// <summary>The one place in which exceptions become answers. None of them tells a stranger how the server is built.</summary>
internal sealed partial class Faults(ILogger<Faults> log) : IExceptionHandler
{
    private const int RetryAfterSeconds = 5;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested) { return true; }

        var (status, title, detail) = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "The request is not understood.", bad.Message),
            ObjectStoreException { Fault: ObjectStoreFault.Unsafe } => (503, "The storage location is not safe.", "Nothing is recorded there until its bucket is private and in its region. Tell the administrator."),
            ObjectStoreException => (503, "The storage location does not answer.", "Nothing that was acknowledged is lost. Try again."),
            DbUpdateConcurrencyException => (409, "The session has just changed.", "Look at it again and repeat what you wanted."),
            _ => (500, "The server failed.", "The operator finds the reason in the server's log."),
        };
        if (status >= 500) { LogFault(exception, httpContext.Request.Method, httpContext.GetEndpoint()?.DisplayName ?? "no endpoint"); }
        if (status == 503) { httpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString("0"); }
        await ErrorAnswer.WriteAsync(httpContext, status, title, detail);
        return true;
    }

    [LoggerMessage(2001, LogLevel.Error, "{Method} {Endpoint} failed")]
    private partial void LogFault(Exception exception, string method, string endpoint);
}
