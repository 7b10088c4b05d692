using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SecureRecorder.Recorder.Upload;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Recorder.Session;

/// <summary>The server's /api/recorder, for one session. What may be tried again is, for as long as it takes.</summary>
internal sealed class RecorderApi(HttpClient http, Uri server, string token, Outage outage)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Uri Server => server;

    /// <summary>Redeems the session's code, once: a code that was sent may be used up, so this is never repeated.</summary>
    /// <exception cref="ServerRefusedException">The code is not valid, too many were tried, or the server refuses otherwise.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public static async Task<JoinAnswer> JoinAsync(HttpClient http, Uri server, JoinRequest request, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var content = JsonContent.Create(request, RecordingJson.Default.JoinRequest);
            using var answer = await http.PostAsync(new Uri(server, "api/recorder/join"), content, patience.Token);
            return answer.StatusCode == HttpStatusCode.OK
                ? await answer.Content.ReadFromJsonAsync(RecordingJson.Default.JoinAnswer, patience.Token) ?? throw new JsonException("The answer is empty.")
                : throw await ServerRefusedException.FromAsync("join", answer, patience.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"The server did not answer within {Patience.TotalSeconds} s.", late);
        }
        catch (JsonException malformed)
        {
            throw new HttpRequestException($"What answers at {server} is not a SecureRecorder server: {malformed.Message}", malformed);
        }
    }

    /// <summary>Where to put these objects.</summary>
    public async Task<AddressesAnswer> AddressesAsync(AddressesRequest request, CancellationToken cancellation) =>
        await CallAsync("addresses", request, RecordingJson.Default.AddressesRequest, RecordingJson.Default.AddressesAnswer, cancellation);

    /// <summary>These segments are in the bucket.</summary>
    /// <exception cref="ServerRefusedException">Also when the server expects another segment: <see cref="ServerRefusedException.Expected"/>.</exception>
    public async Task<CommitAnswer> CommitAsync(CommitRequest request, CancellationToken cancellation) =>
        await CallAsync("commits", request, RecordingJson.Default.CommitRequest, RecordingJson.Default.CommitAnswer, cancellation);

    /// <summary>Nothing follows.</summary>
    public async Task<FinishAnswer> FinishAsync(FinishRequest request, CancellationToken cancellation) =>
        await CallAsync("finish", request, RecordingJson.Default.FinishRequest, RecordingJson.Default.FinishAnswer, cancellation);

    /// <summary>Opens the control stream; the caller disposes the answer.</summary>
    public async Task<HttpResponseMessage> OpenControlAsync(CancellationToken cancellation)
    {
        using var request = Authorized(HttpMethod.Get, "control");
        request.Headers.Accept.Add(new("text/event-stream"));
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (answer.StatusCode == HttpStatusCode.OK) { return answer; }
        using (answer) { throw await ServerRefusedException.FromAsync("control", answer, cancellation); }
    }

    private async Task<TAnswer> CallAsync<TRequest, TAnswer>(
        string verb, TRequest body, JsonTypeInfo<TRequest> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation)
    {
        while (true)
        {
            string failure;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(Patience);
            try
            {
                using var request = Authorized(HttpMethod.Post, verb);
                request.Content = JsonContent.Create(body, bodyType);
                using var answer = await http.SendAsync(request, patience.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    var read = await answer.Content.ReadFromJsonAsync(answerType, patience.Token) ?? throw new JsonException("the answer is empty");
                    outage.Over();
                    return read;
                }

                var refused = await ServerRefusedException.FromAsync(verb, answer, patience.Token);
                if (!refused.MayPass) { throw refused; }
                failure = refused.Message;
            }
            catch (Exception failed) when (failed is HttpRequestException or IOException or JsonException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                failure = failed is OperationCanceledException ? $"no answer within {Patience.TotalSeconds} s" : failed.Message;
            }

            await outage.WaitAsync(failure, cancellation);
        }
    }

    private HttpRequestMessage Authorized(HttpMethod method, string verb) => new(method, new Uri(server, $"api/recorder/{verb}"))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };
}

/// <summary>The server answered with an error.</summary>
internal sealed class ServerRefusedException(string message, HttpStatusCode status, long? expected, TimeSpan? retryAfter) : Exception(message)
{
    private const int LongestDetail = 500;

    public HttpStatusCode Status => status;

    /// <summary>Of a refused commit: the index that the server waits for.</summary>
    public long? Expected => expected;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Whether another try may succeed: the server is overloaded, restarting or out of order.</summary>
    public bool MayPass => (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    public static async Task<ServerRefusedException> FromAsync(string verb, HttpResponseMessage answer, CancellationToken cancellation)
    {
        Problem? problem = null;
        try
        {
            if (answer.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
            {
                problem = await answer.Content.ReadFromJsonAsync(ProblemJson.Default.Problem, cancellation);
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or HttpRequestException) { } // the status says enough

        var said = string.Join(' ', new[] { problem?.Title, problem?.Detail }.Where(part => !string.IsNullOrWhiteSpace(part)));
        if (said.Length > LongestDetail) { said = said[..LongestDetail]; }
        var message = $"The server answered '{verb}' with {(int)answer.StatusCode}{(said.Length > 0 ? ": " + said : ".")}";
        return new(message, answer.StatusCode, problem?.Expected, answer.Headers.RetryAfter?.Delta);
    }
}

/// <summary>What is read of an RFC 9457 problem.</summary>
internal sealed record Problem(string? Title, string? Detail, long? Expected);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
