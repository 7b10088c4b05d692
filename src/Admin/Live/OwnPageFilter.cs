using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Live;

/// <summary>JSON endpoints that act for a cookie take requests of the server's own pages only: another site can send no header of ours.</summary>
internal sealed class OwnPageFilter : IEndpointFilter
{
    public const string Header = "X-SecureRecorder";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return request.Headers[Header] == "1" && site is "" or "same-origin"
            ? await next(context)
            : Problems.Forbidden("The request does not come from this server's page.", $"Send the header {Header}: 1 from a page of this server.");
    }
}
