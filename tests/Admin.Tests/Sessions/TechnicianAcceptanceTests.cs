using System.Net;
using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Tests.Sessions;

/// <summary>The technician is recorded too, and accepts it before anything starts.</summary>
public sealed class TechnicianAcceptanceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task The_box_is_required_and_empty()
    {
        var page = await shared.Technician.Browser.ReadAsync("/");
        Assert.Matches("<input[^>]*type=\"checkbox\" name=\"accepted\"[^>]*required", page);
        Assert.DoesNotMatch("name=\"accepted\"[^>]*checked", page);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("false")]
    [InlineData("")]
    public async Task Without_it_nothing_starts_and_the_page_says_why(string? accepted)
    {
        var before = await CountAsync();
        using var refused = accepted is null
            ? await shared.Technician.Browser.SubmitAsync("/", "/sessions", ("ticket", "kept"))
            : await shared.Technician.Browser.SubmitAsync("/", "/sessions", ("ticket", "kept"), ("accepted", accepted));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("accept that you are recorded too", page, StringComparison.Ordinal);
        Assert.Contains("value=\"kept\"", page, StringComparison.Ordinal);
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task It_is_in_the_audit_trail_before_the_session_and_on_its_page()
    {
        var (session, _) = await shared.Technician.StartSessionAsync();
        var actions = await shared.Server.InCatalogueAsync(catalogue => catalogue.Audit.Where(row => row.Session == session).OrderBy(row => row.Id).Select(row => row.Action).ToListAsync());
        Assert.Equal(["technician.accepted", "session.started"], actions);
        Assert.Contains("accepted that you are recorded too", await shared.Technician.Browser.ReadAsync($"/sessions/{session}"), StringComparison.Ordinal);
    }

    private Task<int> CountAsync() => shared.Server.InCatalogueAsync(catalogue => catalogue.Sessions.CountAsync());
}
