using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>What every answer carries and every request passes: headers, limits, antiforgery, one place for errors.</summary>
internal static class WebSafety
{
    /// <summary>Rate limit of everything that could be guessed: codes, passwords, links.</summary>
    public const string GuessingPolicy = "guessing";

    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
        "media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>This page shows other pages of this server in frames.</summary>
    public static void MayFrameOwnPages(HttpResponse response) => response.Headers.ContentSecurityPolicy = ContentSecurityPolicy + "; frame-src 'self'";

    /// <summary>Pages of this server, and no others, may show this one in a frame. Only for what does nothing when it is pressed.</summary>
    public static void MayBeFramedByOwnPages(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy.Replace("frame-ancestors 'none'", "frame-ancestors 'self'", StringComparison.Ordinal);
        response.Headers.XFrameOptions = "SAMEORIGIN";
    }

    public static WebApplicationBuilder AddWebSafety(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddProblemDetails();
        services.AddExceptionHandler<Faults>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true; // only what is the same for everybody is compressed
            options.MimeTypes = ["text/css", "text/javascript", "image/svg+xml"];
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        services.AddOptions<GuessingOptions>().BindConfiguration(GuessingOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GuessingOptions>, GuessingOptionsValidator>();
        services.AddRateLimiter(_ => { });
        services.AddSingleton<IConfigureOptions<Microsoft.AspNetCore.RateLimiting.RateLimiterOptions>, GuessingLimits>();
        return builder;
    }

    public static void UseWebSafety(this WebApplication app)
    {
        app.Use(static (http, next) =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), display-capture=()";
            if (http.Request.IsHttps) { headers.StrictTransportSecurity = "max-age=31536000"; }
            return next(http);
        });
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => ErrorAnswer.WriteAsync(context.HttpContext, context.HttpContext.Response.StatusCode));
        app.UseResponseCompression();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" });
        app.Use(static (http, next) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return next(http);
        });
        app.UseRouting();
        app.Use(AnswerWhatIsNoRoute);
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    /// <summary>What does not exist says so to everybody, instead of asking strangers to sign in first; and a route of another method says which it has.</summary>
    private static Task AnswerWhatIsNoRoute(HttpContext http, RequestDelegate next) => http.GetEndpoint() switch
    {
        null => ErrorAnswer.WriteAsync(http, StatusCodes.Status404NotFound),
        RouteEndpoint => next(http),
        var made => made.RequestDelegate!(http), // the router's own: 405 or 415
    };
}
