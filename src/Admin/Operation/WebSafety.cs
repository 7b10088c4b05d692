using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;

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
        builder.AddPublicAddress();
        services.AddOptions<SecurityTxtOptions>().BindConfiguration(SecurityTxtOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityTxtOptions>, SecurityTxtOptionsValidator>();
        services.AddProblemDetails();
        services.AddExceptionHandler<Faults>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddAntiforgery(options =>
        {
            options.SuppressXFrameOptionsHeader = true; // every answer has a stricter one
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
            http.Response.OnStarting(() =>
            {
                AddHeaders(http);
                return Task.CompletedTask;
            });
            return next(http);
        });
        if (!app.Services.GetRequiredService<ServerRoles>().Web) { app.Use(AnswerProbesOnly); }
        app.UsePublicAddress();
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => ErrorAnswer.WriteAsync(context.HttpContext, context.HttpContext.Response.StatusCode));
        app.UseResponseCompression();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" });
        app.Use(AuditRefusals.WatchAsync);
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication(); // answers of identity providers come to no route, and go no further
        app.Use(AnswerWhatIsNoRoute);
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    /// <summary>At the last moment: who answers has said otherwise, where it must be otherwise, and who clears an answer that failed does not clear these.</summary>
    private static void AddHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.TryAdd("Content-Security-Policy", ContentSecurityPolicy);
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", "camera=(), microphone=(), geolocation=(), display-capture=()");
        headers.TryAdd("Cache-Control", "no-store");
        if (http.Request.IsHttps) { headers.TryAdd("Strict-Transport-Security", "max-age=31536000"); }
    }

    /// <summary>Whoever takes a server that only runs jobs for one with pages is told so; its probes are asked by numbers, and need no name.</summary>
    private static Task AnswerProbesOnly(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path == OperationRegistration.Health || http.Request.Path == OperationRegistration.Ready) { return next(http); }

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return http.Response.WriteAsync("This server runs jobs. Pages are at another one.");
    }

    /// <summary>What does not exist says so to everybody, instead of asking strangers to sign in first; and a route of another method says which it has.</summary>
    private static Task AnswerWhatIsNoRoute(HttpContext http, RequestDelegate next) => http.GetEndpoint() switch
    {
        null => ErrorAnswer.WriteAsync(http, StatusCodes.Status404NotFound),
        RouteEndpoint => next(http),
        var made => made.RequestDelegate!(http), // the router's own: 405 or 415
    };
}
