using Azure.Core;
using Azure.Core.Pipeline;

namespace SecureRecorder.Storage.Keys.KeyVault;

/// <summary>Puts the token on requests that the vault's own challenge asked for; a token that it refuses is replaced once. No body leaves before there is a token.</summary>
internal sealed class KeyVaultTokens(TokenCredential credential, Uri vault, string what, TimeProvider clock) : HttpPipelinePolicy, IDisposable
{
    /// <summary>A token that ends this soon is not used any more.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile KeyVaultChallenge? _challenge;
    private volatile Held? _held;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var content = message.Request.Content;
        var used = await TokenAsync(refused: null, message.CancellationToken);
        if (used is null) { message.Request.Content = null; }
        else { Authorize(message, used); }

        await ProcessNextAsync(message, pipeline);
        if (message.Response.Status != 401) { return; }

        _challenge = KeyVaultChallenge.Parse(message.Response.Headers.TryGetValue("WWW-Authenticate", out var said) ? said : null, vault, what, _challenge);
        message.Response.Dispose();
        message.Request.Content = content;
        Authorize(message, (await TokenAsync(used, message.CancellationToken))!);
        await ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("Keys are asked for asynchronously.");

    public void Dispose() => _asking.Dispose();

    private static void Authorize(HttpMessage message, Held held) => message.Request.Headers.SetValue(HttpHeader.Names.Authorization, $"Bearer {held.Token.Token}");

    /// <param name="refused">One that the vault did not take.</param>
    /// <returns><see langword="null"/>: the vault has not said yet what it wants.</returns>
    private async Task<Held?> TokenAsync(Held? refused, CancellationToken cancellation)
    {
        if (_challenge is null) { return null; }
        if (IsGood(_held, refused)) { return _held; }

        await _asking.WaitAsync(cancellation);
        try
        {
            if (IsGood(_held, refused)) { return _held; }
            return _held = new(await credential.GetTokenAsync(_challenge.ToRequest(), cancellation));
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            throw new KeyServiceException(what, $"this server got no token for it: {FirstLine(failed.Message)}", failed) { IsTransient = false };
        }
        finally
        {
            _asking.Release();
        }
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();

    private bool IsGood(Held? held, Held? refused) => held is not null && held != refused && held.Token.ExpiresOn - clock.GetUtcNow() > Ending;

    private sealed class Held(AccessToken token)
    {
        public AccessToken Token => token;
    }
}
