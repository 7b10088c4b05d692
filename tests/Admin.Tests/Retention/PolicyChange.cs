using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Retention;

/// <summary>An org admin's forms of the retention policies.</summary>
internal static class PolicyChange
{
    /// <summary>All fields of the editor's form, with these instead of what is usual.</summary>
    public static (string, string)[] Fields(int version, params (string Name, string Value)[] changes)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Version"] = version.ToString(CultureInfo.InvariantCulture), ["Why"] = "a test", ["Screen.Keep"] = "Days", ["Screen.Days"] = "60", ["Chat.Keep"] = "Days", ["Chat.Days"] = "60", ["Events.Keep"] = "Days", ["Events.Days"] = "60",
        };
        foreach (var (name, value) in changes) { fields[name] = value; }
        return [.. fields.Select(field => (field.Key, field.Value))];
    }

    /// <summary>Saves the next version.</summary>
    public static async Task SavePolicyAsync(this Technician admin, int team, params (string Name, string Value)[] changes)
    {
        var page = await admin.Browser.ReadAsync($"/retention/{team}");
        var version = int.Parse(page.Split("name=\"Version\" value=\"")[1].Split('"')[0], CultureInfo.InvariantCulture);
        using var saved = await admin.Browser.SubmitAsync($"/retention/{team}", $"/retention/{team}", Fields(version, changes));
        Assert.True(saved.StatusCode is HttpStatusCode.Redirect, await saved.Content.ReadAsStringAsync());
    }

    public static Task<List<RetentionPolicy>> PoliciesAsync(this Server server, int team) => server.InCatalogueAsync(catalogue =>
        catalogue.RetentionPolicies.AsNoTracking().Include(policy => policy.Rules).Where(policy => policy.Team == team).OrderBy(policy => policy.Version).ToListAsync());

    /// <summary>The audit rows of policies, as <c>actor action outcome detail</c>.</summary>
    public static Task<List<string>> RetentionAuditAsync(this Server server) => server.InCatalogueAsync(catalogue => catalogue.Audit.AsNoTracking().Where(row => row.Action.StartsWith("retention.")).OrderBy(row => row.Id)
        .Select(row => $"{row.Actor} {row.Action} {row.Outcome} {row.Detail}").ToListAsync());
}
