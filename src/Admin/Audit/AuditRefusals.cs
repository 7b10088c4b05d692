using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Audit;

/// <summary>A signed-in account that asks for what it may not have is in the trail before it is told so: once for each route in a while, so that nobody fills the trail by asking.</summary>
internal sealed class AuditRefusals(IDbContextFactory<CatalogueDb> catalogues, TimeProvider clock)
{
    public static readonly TimeSpan While = TimeSpan.FromMinutes(10);

    /// <summary>Accounts whose refusals are remembered at most.</summary>
    private const int Accounts = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset Since, HashSet<string> Routes)> recent = new(StringComparer.Ordinal);

    /// <summary>Watches an answer on its way out.</summary>
    public static Task WatchAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.OnStarting(() => http.Response.StatusCode == StatusCodes.Status403Forbidden && AccountOf(http.User) is { } account
            ? http.RequestServices.GetRequiredService<AuditRefusals>().RecordAsync(http, account)
            : Task.CompletedTask);
        return next(http);
    }

    private static string? AccountOf(ClaimsPrincipal user) => user.Identities.FirstOrDefault(identity => identity.AuthenticationType == IdentityConstants.ApplicationScheme)?.Name;

    private async Task RecordAsync(HttpContext http, string account)
    {
        var route = $"{http.Request.Method} /{(http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.Trim('/')}"; // as it was written, not as it was asked for
        if (!IsNew(account, route)) { return; }

        await using var catalogue = await catalogues.CreateDbContextAsync(CancellationToken.None);
        await catalogue.RecordAsync(clock, account, "access.refused", SessionOf(http), AuditOutcome.Refused, route, CancellationToken.None); // also of who does not wait for the answer
    }

    private bool IsNew(string account, string route)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (recent.Count >= Accounts) { recent.Clear(); }
            if (!recent.TryGetValue(account, out var known) || now - known.Since >= While) { recent[account] = known = (now, new(StringComparer.Ordinal)); }
            return known.Routes.Add(route);
        }
    }

    /// <summary>The session that the path names.</summary>
    private static Guid? SessionOf(HttpContext http) =>
        http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } && pattern.Contains("sessions/{id", StringComparison.Ordinal) && Guid.TryParse(http.GetRouteValue("id") as string, out var id) ? id : null;
}
