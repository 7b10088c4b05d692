using Azure.Core;
using Azure.Core.Pipeline;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.KeyVault;

/// <summary>Calls to one vault's REST API, with its token.</summary>
/// <remarks>Source: Key Vault REST API 7.4.</remarks>
internal sealed class KeyVaultRest : IDisposable
{
    private const string ApiVersion = "7.4";

    private readonly KeyVaultTokens _tokens;
    private readonly HttpPipeline _pipeline;
    private readonly TimeProvider _clock;

    /// <param name="what">Its name in messages.</param>
    public KeyVaultRest(Uri vault, string what, TokenCredential credential, TimeProvider clock)
    {
        (_clock, _tokens) = (clock, new(credential, vault, what, clock));
        _pipeline = HttpPipelineBuilder.Build(new PipelineOptions(), perCallPolicies: [], perRetryPolicies: [_tokens], responseClassifier: new EveryAnswer());
    }

    public async Task<ServiceAnswer> SendAsync(RequestMethod method, string address, RequestContent? content, CancellationToken cancellation)
    {
        using var message = _pipeline.CreateMessage();
        message.BufferResponse = false; // it may hold a data key: it is read into memory that is zeroed
        message.Request.Method = method;
        message.Request.Uri.Reset(new($"{address}?api-version={ApiVersion}"));
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        if (content is not null)
        {
            message.Request.Content = content;
            message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        }

        await _pipeline.SendAsync(message, cancellation);
        var retryAfter = message.Response.Headers.TryGetValue("Retry-After", out var wait) ? wait : null;
        return await ServiceAnswer.ReadAsync(message.Response.Status, retryAfter, message.Response.ContentStream ?? Stream.Null, _clock, cancellation);
    }

    public void Dispose() => _tokens.Dispose();

    /// <summary>Retries are <see cref="KeyServiceCalls"/>'; nothing is logged or told to anybody.</summary>
    private sealed class PipelineOptions : ClientOptions
    {
        public PipelineOptions()
        {
            Retry.MaxRetries = 0;
            (Diagnostics.IsLoggingEnabled, Diagnostics.IsTelemetryEnabled, Diagnostics.IsDistributedTracingEnabled) = (false, false, false);
        }
    }

    /// <summary>Each status is judged by who asked.</summary>
    private sealed class EveryAnswer : ResponseClassifier
    {
        public override bool IsErrorResponse(HttpMessage message) => false;

        public override bool IsRetriableResponse(HttpMessage message) => false;
    }
}
