using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using SecureRecorder.Admin.Tests.Access.Matrix;

namespace SecureRecorder.Admin.Tests.Operation.Api;

/// <summary>The document of the API says what the server really does: each answer of the matrix is held against it.</summary>
public sealed partial class ApiDocumentTests(MatrixScene scene) : IClassFixture<MatrixScene>, IAsyncLifetime
{
    private const string Problem = "application/problem+json";

    /// <summary>What answers to programs beside everything under <c>/api/</c>.</summary>
    private static readonly string[] Others = ["/openapi/v1.json", "/health", "/ready", "/objects/{**name}", "/consent/receipt", "/receipts/{token}/file", "/audit/rows.jsonl"];

    private static readonly List<RouteRow> Api = [.. RouteTable.Rows.Where(row => row.Pattern.StartsWith("/api/", StringComparison.Ordinal) || Others.Contains(row.Pattern))];

    private string text = "";
    private JsonElement document;

    public static TheoryData<string> Routes => [.. Api.Select(row => row.Name)];

    private IEnumerable<(string Name, JsonElement Operation)> Operations => document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(method => ($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value)));

    public async ValueTask InitializeAsync()
    {
        using var browser = new Browser(scene.Server);
        using var answer = await browser.GetAsync("/openapi/v1.json");
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        text = await answer.Content.ReadAsStringAsync();
        document = JsonDocument.Parse(text).RootElement;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Every_route_for_programs_is_in_it_and_no_page_is() =>
        Assert.Equal(Api.Select(row => $"{row.Method} {PathOf(row.Pattern)}").Order(StringComparer.Ordinal), Operations.Select(operation => operation.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void It_is_valid_OpenAPI()
    {
        var read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.StartsWith("3.1.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var shape = new JsonShape(document);
        foreach (var reference in ReferencePattern().Matches(text).Select(match => match.Groups["to"].Value)) { Assert.NotEqual(JsonValueKind.Undefined, shape.Resolve(reference).ValueKind); }
        Assert.Distinct(Operations.Select(operation => operation.Operation.GetProperty("operationId").GetString()));
    }

    [Fact]
    public void Every_operation_says_what_it_is_for_what_it_answers_and_how_it_refuses()
    {
        foreach (var (name, operation) in Operations)
        {
            Assert.True(operation.GetProperty("summary").GetString() is { Length: > 5 }, name);
            Assert.True(operation.GetProperty("responses").TryGetProperty("200", out var done), name);
            Assert.DoesNotContain("text/html", operation.ToString(), StringComparison.Ordinal);
            if (done.TryGetProperty("content", out var content)) { Assert.NotEmpty(content.EnumerateObject()); }
            foreach (var refusal in operation.GetProperty("responses").EnumerateObject().Where(response => response.Name != "200"))
            {
                Assert.True(refusal.Value.GetProperty("description").GetString() is { Length: > 10 }, $"{name} {refusal.Name}");
                Assert.Equal([Problem], refusal.Value.GetProperty("content").EnumerateObject().Select(type => type.Name));
            }

            foreach (var parameter in operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : [])
            {
                Assert.True(parameter.TryGetProperty("description", out _), $"{name} {parameter}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task What_everybody_really_gets_is_what_it_says(string route)
    {
        var row = Api.Single(row => row.Name == route);
        var operation = Operations.Single(operation => operation.Name == $"{row.Method} {PathOf(row.Pattern)}").Operation;
        var asked = operation.TryGetProperty("security", out var security) ? security.EnumerateArray().SelectMany(all => all.EnumerateObject()).Select(scheme => scheme.Name).ToList() : [];
        Assert.Equal(row.Cells[Who.Nobody] switch { "in" => "account", "join" => "participant", "token" => "recorder", _ => null }, asked.SingleOrDefault(scheme => scheme != "ownPage"));
        foreach (var who in Who.All)
        {
            var subject = await scene.Subjects.NewAsync(row.Of);
            using var answer = await scene.PerformAsync(row, who, RouteMatrixTests.PathOf(row, subject.Id), subject, asProgram: true);
            await RequireAsync(operation, answer, $"{route} for {who}");
            if (row.Method == "GET") { continue; }

            using var foreign = await scene.PerformAsync(row, who, RouteMatrixTests.PathOf(row, subject.Id), subject, ownPage: false, asProgram: true);
            await RequireAsync(operation, foreign, $"{route} for {who} from elsewhere");
            if (asked.Contains("ownPage") && row.Cells[who] == "ok") { Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode); }
        }
    }

    [Fact]
    public async Task Everybody_may_read_it_and_it_tells_nothing_of_this_server()
    {
        using var again = new Browser(scene.Server);
        Assert.Equal(text, await again.ReadAsync("/openapi/v1.json"));
        foreach (var told in (string[])[scene.Server.Data, scene.Server.Url.Authority, Environment.MachineName, "SecureRecorder.", "Microsoft.", "System.", "Example Ltd", "support", "security@example.org", typeof(Program).Assembly.GetName().Version!.ToString(3)])
        {
            Assert.DoesNotContain(told, text, StringComparison.Ordinal);
        }
    }

    private async Task RequireAsync(JsonElement operation, HttpResponseMessage answer, string what)
    {
        var status = $"{(int)answer.StatusCode}";
        Assert.True(operation.GetProperty("responses").TryGetProperty(status, out var response), $"{what}: {status} is not in the document");
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (!response.TryGetProperty("content", out var content))
        {
            Assert.True(type is null, $"{what}: {status} has a body of {type}, and the document says that it has none");
            return;
        }

        Assert.True(content.TryGetProperty(type ?? "", out var said), $"{what}: {status} is {type}, and the document says {content}");
        if (type is not ("application/json" or Problem)) { return; }

        var errors = new JsonShape(document).Errors(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement, said.TryGetProperty("schema", out var schema) ? schema : JsonDocument.Parse("{}").RootElement);
        Assert.True(errors.Count == 0, $"{what}: {status}\n{string.Join('\n', errors)}");
    }

    private static string PathOf(string pattern) => ConstraintPattern().Replace(pattern, "{${name}}");

    [GeneratedRegex(@"\{\**(?<name>\w+)(:\w+)?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConstraintPattern();

    [GeneratedRegex("\"\\$ref\": \"(?<to>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReferencePattern();
}
