using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>Posts alerts as JSON, signed. Whoever receives them compares the signature, refuses a time that is more than five minutes off, and forgets what has an id that it knows.</summary>
/// <remarks>
/// Headers: <c>X-SecureRecorder-Id</c>, the alert's id; <c>X-SecureRecorder-Timestamp</c>, seconds since 1970 when it was sent; <c>X-SecureRecorder-Signature</c>, <c>sha256=</c> and the HMAC-SHA-256, in hexadecimal, of
/// timestamp, a dot, and the body, under the secret in UTF-8.
/// </remarks>
public sealed class WebhookChannel(IOptions<WebhookOptions> options, PagesAddress pages, TimeProvider clock) : IAlertChannel, IDisposable
{
    public const string ChannelName = "webhook";
    public const string IdHeader = "X-SecureRecorder-Id";
    public const string TimestampHeader = "X-SecureRecorder-Timestamp";
    public const string SignatureHeader = "X-SecureRecorder-Signature";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
    };

    public string Name => ChannelName;

    public bool IsConfigured => !string.IsNullOrEmpty(options.Value.Url);

    public async Task SendAsync(OutgoingAlert alert, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.Address);
        var body = BodyOf(alert);
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
        request.Headers.Add(IdHeader, alert.Id.ToString());
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(SignatureHeader, SignatureOf(options.Value.Secret!, timestamp, body));
        request.Headers.UserAgent.ParseAdd("SecureRecorder");
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                throw new AlertNotDeliveredException($"The webhook answered {(int)answer.StatusCode}{((int)answer.StatusCode is >= 300 and < 400 ? "; redirects are not followed" : "")}.");
            }
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested && failed is HttpRequestException or OperationCanceledException)
        {
            throw new AlertNotDeliveredException(failed is OperationCanceledException ? $"The webhook did not answer within {options.Value.TimeoutSeconds} seconds." : $"The webhook does not answer: {failed.GetBaseException().Message}", failed);
        }
    }

    public void Dispose() => http.Dispose();

    internal static string SignatureOf(string secret, string timestamp, ReadOnlySpan<byte> body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes(timestamp + "."), .. body]));

    private byte[] BodyOf(OutgoingAlert alert) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            alert.Id,
            alert.Kind,
            At = alert.CreatedAt.UtcDateTime,
            Severity = alert.Severity.ToString().ToLowerInvariant(),
            alert.Location,
            alert.Title,
            alert.Text,
            Page = pages.Of(alert.Page),
        },
        Json);
}
