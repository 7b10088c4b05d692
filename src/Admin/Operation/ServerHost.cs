namespace SecureRecorder.Admin.Operation;

/// <summary>The host: where it listens, where its pages' files are, what it logs, how large a request may be.</summary>
internal static class ServerHost
{
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Bytes that a request's body may have where its endpoint does not say otherwise.</summary>
    private const long BodyLimit = 1 << 20;

    /// <summary>Bytes of a request line: a text that is far too long for its field still reaches the page that says so.</summary>
    private const int RequestLineLimit = 1 << 15;

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(ServerHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory, // the working directory says nothing about where the pages are
        });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimit;
            kestrel.Limits.MaxRequestLineSize = RequestLineLimit;
        });
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey])) { builder.WebHost.UseUrls(DefaultUrl); }

        // Request lines hold codes and tokens of links: the framework logs none of them.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical); // what stops the start is said in words
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error).AddFilter("Quartz", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);
        return builder;
    }
}
