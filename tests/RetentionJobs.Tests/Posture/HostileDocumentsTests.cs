using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture;

namespace SecureRecorder.RetentionJobs.Tests.Posture;

/// <summary>Documents that nobody should write: each is judged, none passes as private that is not, and none takes long.</summary>
public sealed class HostileDocumentsTests
{
    private const string Bucket = "recordings";

    [Theory]
    [InlineData("policy", """{"Statement":7}""", "policy-unknown")]
    [InlineData("policy", """{"Statement":[{"Principal":"*","Action":"s3:GetObject"}]}""", "policy-unknown")]
    [InlineData("policy", "\"{\"", "policy-unknown")]
    [InlineData("policy", """{"Policy":"{\"Statement\":"}""", "policy-unknown")]
    [InlineData("acl", "[1,2]", "acl-unknown")]
    [InlineData("acl", """{"Grants":["x"]}""", "acl-unknown")]
    [InlineData("acl", """{"Error":{"Code":"AccessDenied","HTTPStatusCode":403}}""", "acl-unknown")]
    [InlineData("pab", """{"Error":{"Code":"AccessDenied","HTTPStatusCode":403}}""", "pab-unknown")]
    [InlineData("lifecycle", """{"Error":{"Code":"AccessDenied","HTTPStatusCode":403}}""", "lifecycle-unknown")]
    [InlineData("location", """{"Error":{"Code":"AccessDenied","HTTPStatusCode":403}}""", "region-unknown")]
    [InlineData("versioning", """{"Error":{"Code":"InternalError","HTTPStatusCode":500}}""", "versioning-unknown")]
    public void What_cannot_be_read_never_passes(string kind, string document, string expected) => Assert.Contains(expected, Judge(kind, document).Findings);

    [Theory]
    [InlineData("""{"effect":"allow","PRINCIPAL":"*","Action":"s3:getobject","Resource":"*"}""")]
    [InlineData("""{"Effect":"Permit","Principal":"*","Action":"s3:GetObject","Resource":"*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"*","Sid":"x"},"Action":"s3:GetObject","Resource":"*","Unknown":{"a":[1]}}""")]
    [InlineData("""{"Effect":"Allow","Principal":"\u002a","Action":"\u0073\u0033:GetObject","Resource":"*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":" * "},"NotAction":"s3:PutObject","Resource":"*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","NotResource":"arn:aws:s3:::recordings/public/*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:G?tObj*","Resource":"arn:aws:s3:::record????/*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"not an address"}}}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["::/1","8000::/1"]}}}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpc":"${aws:SourceVpc}"}}}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":[]}}}""")]
    public void However_it_is_written_a_policy_that_opens_is_public(string statement)
    {
        var judgement = Judge("policy", "{\"Statement\":" + statement + "}");
        Assert.True(judgement.Public);
        Assert.Contains("public-read", judgement.Findings);
    }

    [Theory]
    [InlineData("", false)] // the whole of it
    [InlineData(""" ,"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}} """, false)]
    [InlineData(""" ,"Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}} """, false)]
    [InlineData(""" ,"Condition":{"Bool":{"aws:SecureTransport":"false"}} """, true)]
    [InlineData(""" ,"Condition":{"NotIpAddress":{"aws:SourceIp":"0.0.0.0/1"}} """, true)]
    public void A_denial_closes_only_where_it_leaves_a_fixed_set(string condition, bool isPublic)
    {
        var judgement = Judge("policy", $$"""
            {"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::recordings/*"},
                          {"Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"*"{{condition}}}]}
            """);
        Assert.Equal(isPublic, judgement.Public);
        Assert.Equal(!isPublic, judgement.Findings.Contains("deny-masked"));
    }

    [Theory]
    [InlineData(true, "18.0.0.0/7")]
    [InlineData(false, "18.0.0.0/8")]
    [InlineData(true, "18.0.0.0/8", "19.0.0.0/8")] // together one block of /7
    [InlineData(false, "17.0.0.0/8", "18.0.0.0/8")] // as large, and no block
    [InlineData(false, "10.0.0.0/8", "192.168.0.0/16")]
    [InlineData(true, "10.0.0.0/7")] // half of it is not private
    [InlineData(true, "2001:db8::/31")]
    [InlineData(false, "2001:db8::/32")]
    [InlineData(false, "2001:db8::/33", "2001:db8:8000::/33")]
    [InlineData(true, "::/0")]
    [InlineData(false, "203.0.113.7")]
    public void Wider_than_8_or_32_is_everybody(bool isPublic, params string[] ranges)
    {
        var judgement = Judge("policy", JsonSerializer.Serialize(new { Statement = new { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*", Condition = new { IpAddress = new Dictionary<string, string[]> { ["aws:SourceIp"] = ranges } } } }));
        Assert.Equal(isPublic, judgement.Public);
        Assert.Equal(isPublic, judgement.Findings.Contains("broad-ip"));
    }

    [Fact]
    public void A_pattern_of_stars_against_a_long_pattern_ends()
    {
        var stars = string.Concat(Enumerable.Repeat("*a", 2000));
        Assert.False(Judge("policy", $$$"""{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:{{{stars}}}b","Resource":"{{{new string('a', 20_000)}}}{{{stars}}}"}}""").Public);
    }

    private static Judgement Judge(string kind, string document) =>
        JudgePosture.Run(PostureCase.Read(JsonSerializer.SerializeToElement(new { id = "a", kind, document = JsonSerializer.Deserialize<JsonElement>(document), context = new { server = "aws", bucket = Bucket, focus = Array.Empty<string>() } }), 1));
}
