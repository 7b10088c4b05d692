using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>
/// By which names the server is called. Set-up links, receipts and upload addresses begin with the name in the request: one that a stranger chose would lead people, and the word that the server signs, to the stranger.
/// So a request comes to the configured address, or to what was really connected to; and where an address is configured, everything is made with that.
/// </summary>
internal static class PublicAddress
{
    public static void AddPublicAddress(this WebApplicationBuilder builder)
    {
        if (string.Equals(builder.Configuration["ForwardedHeaders_Enabled"], "true", StringComparison.OrdinalIgnoreCase))
        {
            throw new StartRefusedException("ASPNETCORE_FORWARDEDHEADERS_ENABLED believes everybody who says that they are a proxy. Set Server:TrustedProxies to the addresses of yours instead.");
        }

        builder.Services.AddOptions<ServerOptions>().BindConfiguration(ServerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsValidator>();
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ServerOptions>>((forwarded, server) =>
        {
            forwarded.ForwardedHeaders = server.Value.TrustedProxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = null; // as far as each of them is one of ours
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in server.Value.Proxies) { forwarded.KnownIPNetworks.Add(proxy); }
        });
    }

    public static void UsePublicAddress(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<ServerOptions>>();
        app.Use((http, next) => IsOurs(http, options.Value)
            ? next(http)
            : ErrorAnswer.For(http, StatusCodes.Status421MisdirectedRequest, "This server is not called by that name.", "Use the address that your organization gave you. The operator sets it as Server:PublicAddress.").ExecuteAsync(http));
        app.UseForwardedHeaders();
        app.Use((http, next) =>
        {
            if (options.Value.Public is { } address) { (http.Request.Scheme, http.Request.Host) = (address.Scheme, new(address.Authority)); }
            return next(http);
        });
    }

    private static bool IsOurs(HttpContext http, ServerOptions options)
    {
        var name = http.Request.Host.Host;
        if (options.Public is { } address)
        {
            if (string.Equals(name, address.IdnHost, StringComparison.OrdinalIgnoreCase)) { return true; }
            if (http.Connection.RemoteIpAddress is { } from && options.Proxies.Any(proxy => proxy.Contains(Plain(from)))) { return true; } // it may call us as it likes
        }

        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var number) && (IPAddress.IsLoopback(number) || Plain(number).Equals(http.Connection.LocalIpAddress is { } local ? Plain(local) : null)));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
