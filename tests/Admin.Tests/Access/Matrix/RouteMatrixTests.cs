using System.Net;
using System.Text.RegularExpressions;

namespace SecureRecorder.Admin.Tests.Access.Matrix;

/// <summary>Who gets what, on every route: performed, cell by cell, as <see cref="RouteTable"/> says.</summary>
public sealed partial class RouteMatrixTests(MatrixScene scene) : IClassFixture<MatrixScene>
{
    /// <summary>What stands in a path for what is not its subject.</summary>
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal) { ["language"] = "en", ["version"] = "1", ["first"] = "1", ["index"] = "1", ["name"] = "v1/x/video/key.json", ["token"] = "x" };

    public static TheoryData<string> Routes => [.. RouteTable.Rows.Select(row => row.Name)];

    [Fact]
    public void Every_route_has_one_row_and_every_row_is_a_route()
    {
        var (routes, rows) = (AllRoutes.Of(scene.Server), RouteTable.Rows.Select(row => row.Name).ToList());
        Assert.True(routes.Except(rows).FirstOrDefault() is null, $"These routes have no row in {nameof(RouteTable)}: say there what everybody gets.\n{string.Join('\n', routes.Except(rows))}");
        Assert.Empty(rows.Except(routes));
        Assert.Equal(rows.Order(StringComparer.Ordinal), routes);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Everybody_gets_what_the_table_says(string route)
    {
        var row = RouteTable.Rows.Single(row => row.Name == route);
        var wrong = new List<string>();
        foreach (var who in Who.All)
        {
            var subject = await scene.Subjects.NewAsync(row.Of);
            using (var answer = await scene.PerformAsync(row, who, PathOf(row, subject.Id), subject)) { await CheckAsync(row, who, "", row.Cells[who], answer, wrong); }
            if (!IsOfSomething(row)) { continue; }

            using var none = await scene.PerformAsync(row, who, PathOf(row, subject.None), subject);
            await CheckAsync(row, who, " for an id of nothing", row.CellOfNone(who), none, wrong);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task What_is_somebody_elses_answers_as_what_does_not_exist(string route)
    {
        var row = RouteTable.Rows.Single(row => row.Name == route);
        if (row.Cells[Who.Other] != "404" || !IsOfSomething(row)) { return; }

        var subject = await scene.Subjects.NewAsync(row.Of);
        using var foreign = await scene.PerformAsync(row, Who.Other, PathOf(row, subject.Id), subject);
        using var none = await scene.PerformAsync(row, Who.Other, PathOf(row, subject.None), subject);
        Assert.Equal(await WordsAsync(none, subject.None), await WordsAsync(foreign, subject.Id));
        Assert.Equal(none.Headers.Select(header => header.Key).Order(StringComparer.Ordinal), foreign.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("DELETE", "/people")]
    [InlineData("PUT", "/sign-in")]
    [InlineData("POST", "/api/replay/00000000-0000-7000-8000-000000000000")]
    [InlineData("GET", "/api/recorder/commits")]
    public async Task Another_method_is_told_which_there_are(string method, string path)
    {
        using var browser = new Browser(scene.Server);
        using var answer = await browser.SendAsync(new(new(method), path), "application/json");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.NotEmpty(answer.Content.Headers.Allow);
    }

    private static async Task CheckAsync(RouteRow row, string who, string what, string expected, HttpResponseMessage answer, List<string> wrong)
    {
        var to = answer.Headers.Location is { IsAbsoluteUri: false } location ? location.ToString() : "";
        var isPage = row.Method == "GET" && !row.Pattern.StartsWith("/api/", StringComparison.Ordinal);
        bool Leads(string door) => isPage ? answer.StatusCode is HttpStatusCode.Redirect && (answer.Headers.Location?.ToString().Contains(door, StringComparison.Ordinal) ?? false) : answer.StatusCode is HttpStatusCode.Unauthorized;
        var fits = expected switch
        {
            "ok" => answer.IsSuccessStatusCode || (answer.StatusCode is HttpStatusCode.Redirect && to is ['/', ..] && !to.StartsWith("/sign-in", StringComparison.Ordinal) && !to.StartsWith("/join", StringComparison.Ordinal)),
            "in" => Leads("/sign-in?"),
            "join" => Leads("/join"),
            "token" => answer.StatusCode is HttpStatusCode.Unauthorized && answer.Headers.WwwAuthenticate.ToString() == "Bearer",
            _ => $"{(int)answer.StatusCode}" == expected,
        };
        if (!(answer.Headers.CacheControl?.NoStore ?? false)) { wrong.Add($"{row.Name}: what {who} gets{what} may be stored: Cache-Control is '{answer.Headers.CacheControl}'"); }
        foreach (var header in (string[])["Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"])
        {
            if (!answer.Headers.Contains(header)) { wrong.Add($"{row.Name}: what {who} gets{what} has no {header}"); }
        }

        if (!fits) { wrong.Add($"{row.Name}: {who} should get {expected}{what}, and got {(int)answer.StatusCode} {answer.Headers.Location} {await WordsAsync(answer, "")}"); }
    }

    internal static string PathOf(RouteRow row, string id)
    {
        var isFirst = row.Of != "-";
        return ParameterPattern().Replace(row.Pattern, parameter =>
        {
            var value = isFirst ? id : Values[parameter.Groups["name"].Value];
            isFirst = false;
            return value;
        });
    }

    private static bool IsOfSomething(RouteRow row) => row.Of != "-" && row.Pattern.Contains('{', StringComparison.Ordinal);

    /// <summary>What an answer says, without what differs each time.</summary>
    private static async Task<string> WordsAsync(HttpResponseMessage answer, string id)
    {
        if (answer.Content.Headers.ContentType?.MediaType is "text/event-stream") { return ""; }
        var words = TraceIdPattern().Replace(await answer.Content.ReadAsStringAsync(), "");
        return id.Length == 0 ? words[..Math.Min(300, words.Length)] : words.Replace(id, "ID", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\{\**(?<name>\w+)(:\w+)?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ParameterPattern();

    [GeneratedRegex(",\"traceId\":\"[^\"]*\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TraceIdPattern();
}
