using System.Net.Http.Headers;
using System.Text.Json;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.Transit;

/// <summary>Calls to HashiCorp Vault over HTTP: its token on each, no redirect followed.</summary>
/// <param name="token">Read for each call: an agent renews it.</param>
internal sealed class TransitVault(Func<string> token, string? @namespace, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };

    public async Task<ServiceAnswer> SendAsync(HttpMethod method, string address, IReadOnlyDictionary<string, object>? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Add("X-Vault-Token", token());
        request.Headers.Add("X-Vault-Request", "true");
        if (@namespace is not null) { request.Headers.Add("X-Vault-Namespace", @namespace); }
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        var wait = answer.Headers.TryGetValues("Retry-After", out var said) ? said.First() : null;
        return await ServiceAnswer.ReadAsync((int)answer.StatusCode, wait, await answer.Content.ReadAsStreamAsync(cancellation), clock, cancellation);
    }

    /// <summary>What Vault says went wrong; <see langword="null"/>: this is no answer of Vault's.</summary>
    public static string? ErrorOf(ServiceAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
                ? string.Join("; ", errors.EnumerateArray().Select(error => error.ToString()))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
