using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Tests.Access.Entitlements;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>Watching, giving rights and approving need a second factor that is not old; the clock of this server is set ahead.</summary>
public sealed class FreshFactorTests : IAsyncLifetime
{
    private readonly RightsScene scene = new(("SignIn:FactorHours", "1"));

    public async ValueTask InitializeAsync()
    {
        await scene.InitializeAsync();
        await scene.LabelAsync("Health", sensitive: true);
    }

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task With_an_old_factor_no_replay_is_opened_until_a_code_is_entered()
    {
        var session = await scene.RecordAsync();
        scene.Server.Clock.Advance(TimeSpan.FromHours(1));
        using (var asked = await scene.Tina.Browser.GetAsync($"/sessions/{session}/replay"))
        {
            Assert.Equal($"/account/confirm?returnUrl={Uri.EscapeDataString($"/sessions/{session}/replay")}", asked.Headers.Location?.ToString());
        }

        using (var opened = await scene.Tina.Browser.SubmitAsync("/account", $"/sessions/{session}/replay", ("purpose", "Quality assurance"))) { Assert.StartsWith("/account/confirm", opened.Headers.Location?.ToString(), StringComparison.Ordinal); }
        Assert.Contains("tina replay.open refused the second factor is older than 1 hours, or not known", await scene.AuditOfAsync(session));

        using (var wrong = await ConfirmAsync("000000", $"/sessions/{session}/replay")) { Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode); }
        using (var right = await ConfirmAsync(scene.Tina.Code(), $"/sessions/{session}/replay")) { Assert.Equal($"/sessions/{session}/replay", right.Headers.Location?.ToString()); }
        Assert.NotNull(await RightsScene.OpenAsync(scene.Tina.Browser, session));
        using var again = await ConfirmAsync(scene.Tina.Code(), "/");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode); // a code works once
    }

    [Fact]
    public async Task With_an_old_factor_nothing_is_approved_and_no_right_given()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        using (await scene.Tina.Browser.SubmitAsync($"/sessions/{session}/replay", $"/sessions/{session}/replay/approval", ("purpose", "Quality assurance"))) { }
        var approval = await scene.Server.InCatalogueAsync(catalogue => catalogue.Approvals.Select(a => a.Id).SingleAsync());
        scene.Server.Clock.Advance(TimeSpan.FromHours(1));
        using (var approved = await scene.Ada.Browser.SubmitAsync("/approvals", $"/approvals/{approval}", ("decision", "approve"))) { Assert.Equal("/account/confirm?returnUrl=%2Fapprovals", approved.Headers.Location?.ToString()); }
        using (var granted = await scene.GrantAsync(scene.Ada.Browser, "account:cora", $"{session}")) { Assert.Equal("/account/confirm?returnUrl=%2Frights", granted.Headers.Location?.ToString()); }
        Assert.False(await scene.Server.InCatalogueAsync(catalogue => catalogue.Entitlements.AnyAsync()));
        Assert.Equal(Storage.Catalogue.ApprovalState.Asked, await scene.Server.InCatalogueAsync(catalogue => catalogue.Approvals.Select(a => a.State).SingleAsync()));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task The_way_back_is_a_path_of_this_server(string returnUrl)
    {
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        using var answer = await ConfirmAsync(scene.Tina.Code(), returnUrl);
        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Many_codes_at_once_are_no_more_than_one_after_the_other()
    {
        var token = await scene.Cora.Browser.TokenAsync("/account/confirm");
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => scene.Cora.Browser.PostAsync("/account/confirm", token, ("code", $"{i:000000}"), ("returnUrl", "/"))));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode));
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        using var locked = await scene.Cora.Browser.SubmitAsync("/account/confirm", "/account/confirm", ("code", scene.Cora.Code()), ("returnUrl", "/"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, locked.StatusCode);
        Assert.Contains("cora account.second-factor refused locked out", await scene.Server.AccountAuditAsync());
    }

    private Task<HttpResponseMessage> ConfirmAsync(string code, string returnUrl) => scene.Tina.Browser.SubmitAsync("/account/confirm", "/account/confirm", ("code", code), ("returnUrl", returnUrl));
}
