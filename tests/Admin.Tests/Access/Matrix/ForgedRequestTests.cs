using System.Net;

namespace SecureRecorder.Admin.Tests.Access.Matrix;

/// <summary>Another site can make a browser send a request with its cookies, and cannot send what only this server's pages have.</summary>
public sealed class ForgedRequestTests(MatrixScene scene) : IClassFixture<MatrixScene>
{
    /// <summary>No cookie counts there, so that no site can make a browser do anything.</summary>
    private static bool TakesNoCookie(RouteRow row) => row.Pattern.StartsWith("/api/recorder/", StringComparison.Ordinal) || row.Pattern == "/objects/{**name}";

    public static TheoryData<string> Acts => [.. RouteTable.Rows.Where(row => row.Method != "GET").Select(row => row.Name)];

    public static TheoryData<string> Forms => [.. RouteTable.Rows.Where(row => row.IsForm).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task Whatever_acts_for_a_cookie_is_refused_from_elsewhere(string route)
    {
        var row = RouteTable.Rows.Single(row => row.Name == route);
        if (TakesNoCookie(row)) { return; }

        var subject = await scene.Subjects.NewAsync(row.Of);
        using var answer = await scene.PerformAsync(row, row.Allowed, RouteMatrixTests.PathOf(row, subject.Id), subject, ownPage: false);
        Assert.Equal(row.IsForm ? HttpStatusCode.BadRequest : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_form_with_nothing_in_it_is_no_fault_of_the_server(string route)
    {
        var row = RouteTable.Rows.Single(row => row.Name == route);
        var subject = await scene.Subjects.NewAsync(row.Of);
        using var answer = await scene.PerformAsync(row with { Sent = "" }, row.Allowed, RouteMatrixTests.PathOf(row, subject.Id), subject);
        Assert.True((int)answer.StatusCode < 500, $"{route}: {answer.StatusCode}");
    }
}
