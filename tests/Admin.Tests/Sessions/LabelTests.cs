using System.Net;
using SecureRecorder.Admin.Tests.Access.Entitlements;

namespace SecureRecorder.Admin.Tests.Sessions;

/// <summary>The organization's labels, on which rights and approvals hang.</summary>
public sealed class LabelTests(RightsScene scene) : IClassFixture<RightsScene>
{
    [Fact]
    public async Task A_session_takes_a_label_of_the_list_and_no_other()
    {
        await scene.LabelAsync("Payroll");
        Assert.Contains("<option value=\"Payroll\">", await scene.Cora.Browser.ReadAsync("/"), StringComparison.Ordinal);
        var (session, _) = await scene.Tina.StartSessionAsync(label: "Payroll");
        Assert.Equal("Payroll", (await scene.Server.SessionAsync(session)).Label);
        foreach (var made in (string[])["payroll", "None such", " "]) { Assert.Contains("Choose one from the list", await StartRefusedAsync(made), StringComparison.Ordinal); }
    }

    [Fact]
    public async Task A_label_that_is_offered_no_more_goes_on_to_give_rights()
    {
        await scene.LabelAsync("Old");
        var session = await scene.RecordAsync(label: "Old");
        await scene.GrantedAsync("account:cora", "label:Old");
        await ChangeAsync("/labels/retire", "Old");
        Assert.Contains("Choose one from the list", await StartRefusedAsync("Old"), StringComparison.Ordinal);
        Assert.NotNull(await RightsScene.OpenAsync(scene.Cora.Browser, session));
        await ChangeAsync("/labels/offer", "Old");
        await scene.Tina.StartSessionAsync(label: "Old");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901")]
    [InlineData("ACCOUNTS")]
    public async Task A_name_that_is_too_long_or_taken_in_other_capitals_is_refused(string name)
    {
        using (await scene.Tina.Browser.SubmitAsync("/labels", "/labels", ("name", "Accounts"))) { }
        using var answer = await scene.Tina.Browser.SubmitAsync("/labels", "/labels", ("name", name));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    private async Task ChangeAsync(string action, string name)
    {
        using var answer = await scene.Tina.Browser.SubmitAsync("/labels", action, ("name", name));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    private async Task<string> StartRefusedAsync(string label)
    {
        using var answer = await scene.Tina.Browser.SubmitAsync("/", "/sessions", ("accepted", "true"), ("label", label));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }
}
