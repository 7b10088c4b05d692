namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>Keys leave by their shape. None of these was ever issued; they are put together here so that no scanner takes this file for a leak.</summary>
public sealed class KeyTests
{
    private const string Marker = "[key removed]";
    private const string Body = "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2";
    private const string WebToken = "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiJib2IifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    [Theory]
    [InlineData("AKIA" + "IOSFODNN7EXAMPLE")]
    [InlineData("ASIA" + "IOSFODNN7EXAMPLE")]
    [InlineData("ghp" + "_" + Body)]
    [InlineData("gho" + "_" + Body)]
    [InlineData("ghu" + "_" + Body)]
    [InlineData("ghs" + "_" + Body)]
    [InlineData("ghr" + "_" + Body)]
    [InlineData("github_" + "pat_11AAAAAAA0_" + Body)]
    [InlineData("gl" + "pat-" + Body)]
    [InlineData("gl" + "pat-" + Body + ".01.a1b2c3d4")]
    [InlineData("xo" + "xb-123456789012-" + Body)]
    [InlineData("xo" + "xp-123456789012-" + Body)]
    [InlineData("sk" + "_live_" + Body)]
    [InlineData("rk" + "_live_" + Body)]
    [InlineData("sk" + "_test_" + Body)]
    [InlineData("AI" + "za" + Body)]
    [InlineData("sk" + "-proj-" + Body)]
    [InlineData("sk" + "-ant-api03-" + Body)]
    [InlineData(WebToken)]
    public void A_key_of_every_issuer_is_removed(string key)
    {
        Redacting.Becomes(Marker, key, "key");
        Redacting.Becomes($"use \"{Marker}\". Thanks", $"use \"{key}\". Thanks", "key");
        Redacting.Becomes($"https://host/?key={Marker}&x=1", $"https://host/?key={key}&x=1", "key");
        Redacting.Becomes($"是{Marker}。", $"是{key}。", "key");
    }

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountKey=" + Body + "==;EndpointSuffix=x", "DefaultEndpointsProtocol=https;AccountKey=[key removed];EndpointSuffix=x")]
    [InlineData("curl -H 'Authorization: Bearer abc' x", "curl -H 'Authorization: Bearer [key removed]' x")]
    [InlineData("authorization: basic dXNlcjpwYXNz", "authorization: basic [key removed]")]
    [InlineData("{\"Authorization\": \"Token abc\"}", "{\"Authorization\": \"Token [key removed]\"}")]
    [InlineData("bearer " + Body, "bearer [key removed]")]
    [InlineData("It is " + WebToken + ".", "It is [key removed].")]
    public void What_names_the_key_stays(string message, string expected) => Redacting.Becomes(expected, message, "key");

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIE\nvQIB\n-----END PRIVATE KEY-----", "")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\r\nMIIE\r\n-----END RSA PRIVATE KEY-----", "\r\nthanks")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl", "")]
    [InlineData("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----", " ok")]
    public void A_private_key_is_removed_over_its_lines_and_a_cut_one_to_the_end(string key, string rest) =>
        Redacting.Becomes($"here:\n{Marker}{rest}", $"here:\n{key}{rest}", "key");

    [Theory]
    [InlineData("postgres://bob:hunter2@db:5432/x", "postgres://bob:[password removed]@db:5432/x")]
    [InlineData("https://bob:p@ss@host/a@b", "https://bob:[password removed]@host/a@b")]
    [InlineData("redis://:hunter2@cache", "redis://:[password removed]@cache")]
    [InlineData("amqp://bob:p/w?d@host/v", "amqp://bob:[password removed]@host/v")]
    public void A_password_within_an_address_is_removed(string message, string expected) => Redacting.Becomes(expected, message, "password");

    [Theory]
    [InlineData("https://host:8080/@user and mailto:bob@example.org")]
    [InlineData("http://[::1]:8080/x@y, file:///c:/a@b, https://bob@host/")]
    [InlineData("the bearer of bad news, bearer authentication, Authorization: please approve")]
    [InlineData("a risk-assessment-and-management-plan-2026, sk-short1, task-force-of-many-people-2026")]
    [InlineData("AKIA is short, ghp_ too, eyJ. and eyJhbGci.x.y, AIza")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----")]
    [InlineData("AccountKey=see the vault")]
    public void What_only_looks_like_one_stays(string message) => Redacting.Stays(message);
}
