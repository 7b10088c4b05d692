using System.Text.Json;
using SecureRecorder.Admin.Posture;

namespace SecureRecorder.Admin.Tests.Posture;

/// <summary>The verbs that judge buckets, without a server.</summary>
public sealed class PostureCommandTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public async Task Each_case_is_one_line()
    {
        var (code, printed, _) = await EvaluateAsync("""
            [
              {"id":"open","kind":"policy","context":{"bucket":"b"},"document":{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}},
              {"id":"off","kind":"versioning","context":{"require_versioning":true},"document":""}
            ]
            """);
        Assert.Equal(0, code);
        Assert.Equal(["""{"id":"open","public":true,"findings":["public-read","tls-not-enforced"]}""", """{"id":"off","public":false,"findings":["versioning-off"]}"""], printed.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("""{"id":"a"}""", "no JSON list")]
    [InlineData("[3]", "Case 1 is no JSON object")]
    [InlineData("""[{"kind":"acl","document":{}}]""", "Case 1 has no 'id'")]
    [InlineData("""[{"id":"a","document":{}}]""", "Case 'a' has no 'kind'")]
    [InlineData("""[{"id":"a","kind":"acl"}]""", "Case 'a' has no 'document'")]
    [InlineData("""[{"id":"a","kind":"acls","document":{}}]""", "'acls' is not one of policy, acl")]
    [InlineData("""[{"id":"a","kind":"acl","document":{},"context":[]}]""", "'context' is no JSON object")]
    public async Task What_is_no_case_is_named(string cases, string expected)
    {
        var (code, _, said) = await EvaluateAsync(cases);
        Assert.Equal(2, code);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_nested_deeper_than_anybody_writes_is_refused()
    {
        var (code, _, said) = await EvaluateAsync($$"""[{"id":"a","kind":"policy","document":{{string.Concat(Enumerable.Repeat("[", 5000))}}""");
        Assert.Equal(2, code);
        Assert.Contains("no JSON list", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_none_and_a_missing_credential_are_named()
    {
        var (address, _, said) = await RunAsync("check", "--endpoint", "s3.example.com", "--bucket", "recordings", "--region", "eu");
        Assert.NotEqual(0, address);
        Assert.Contains("'s3.example.com' is not an address", said, StringComparison.Ordinal);

        var (plain, _, why) = await RunAsync("check", "--endpoint", "http://s3.example.com", "--bucket", "recordings", "--region", "eu");
        Assert.Equal(2, plain);
        Assert.Contains(Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") is null ? "AWS_ACCESS_KEY_ID" : "plain http", why, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Printed, string Said)> EvaluateAsync(string cases)
    {
        await File.WriteAllTextAsync(file, cases, TestContext.Current.CancellationToken);
        return await RunAsync("evaluate", file);
    }

    private static async Task<(int Code, string Printed, string Said)> RunAsync(params string[] arguments)
    {
        await using var printed = new StringWriter();
        await using var said = new StringWriter();
        var code = await PostureCommand.Create().Parse(arguments).InvokeAsync(new() { Output = printed, Error = said }, TestContext.Current.CancellationToken);
        return (code, printed.ToString(), said.ToString());
    }
}
