using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace SecureRecorder.Storage.Objects;

/// <summary>A signed GET or PUT of one of the sub-resources of a bucket or an object, whose answer is read as it came.</summary>
/// <remarks>
/// Some servers name the root element otherwise than the SDK expects, which then returns nothing at all; and the SDK writes access control lists in a way that Ceph does not read. The signature is
/// AWS Signature Version 4.
/// </remarks>
internal sealed class S3Question(HttpClient http, S3LocationOptions location, TimeProvider clock)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The answer's elements by their local names, or <see langword="null"/> when there is none (404).</summary>
    /// <exception cref="HttpRequestException">Any other answer than 200 and 404, or none, or one that is not XML.</exception>
    public async Task<ILookup<string, string>?> AskAsync(string subResource, CancellationToken cancellation)
    {
        using var answer = await SendAsync(subResource, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound) { return null; }

        answer.EnsureSuccessStatusCode();
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        try
        {
            return XDocument.Parse(text).Descendants().ToLookup(element => element.Name.LocalName, element => element.Value, StringComparer.Ordinal);
        }
        catch (XmlException malformed)
        {
            throw new HttpRequestException($"The answer to ?{subResource} is not XML: {malformed.Message}", malformed);
        }
    }

    /// <summary>The answer as it came, whatever it is.</summary>
    /// <exception cref="HttpRequestException">There was none.</exception>
    public Task<HttpResponseMessage> SendAsync(string subResource, CancellationToken cancellation) => SendAsync(HttpMethod.Get, null, subResource, [], cancellation);

    /// <param name="key">An object; null: the bucket itself.</param>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string? key, string subResource, byte[] body, CancellationToken cancellation)
    {
        using var request = Sign(method, key, subResource, body);
        return await http.SendAsync(request, cancellation);
    }

    private HttpRequestMessage Sign(HttpMethod method, string? key, string subResource, byte[] body)
    {
        var now = clock.GetUtcNow();
        var (time, day) = (now.ToString("yyyyMMdd'T'HHmmss'Z'"), now.ToString("yyyyMMdd"));
        var path = key is null ? location.Bucket : $"{location.Bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        var request = new HttpRequestMessage(method, new Uri(location.Endpoint!, $"{path}?{subResource}"));
        if (method != HttpMethod.Get) { request.Content = new ByteArrayContent(body); }
        var (host, payload) = (request.RequestUri!.Authority, Convert.ToHexStringLower(SHA256.HashData(body)));
        var canonical = $"{method.Method}\n/{path}\n{subResource}=\nhost:{host}\nx-amz-content-sha256:{payload}\nx-amz-date:{time}\n\nhost;x-amz-content-sha256;x-amz-date\n{payload}";
        var scope = $"{day}/{location.Region}/s3/aws4_request";
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";

        var secret = Encoding.UTF8.GetBytes("AWS4" + location.SecretAccessKey);
        foreach (var part in scope.Split('/')) { secret = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(part)); }

        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation("x-amz-date", time);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", payload);
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{Algorithm} Credential={location.AccessKeyId}/{scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}");
        return request;
    }
}
