namespace SecureRecorder.TestServers;

/// <summary>A real OpenID Connect provider (npm's oidc-provider) on loopback. Who signs in types who they are, as JSON.</summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    public const string ClientId = "secure-recorder";
    public const string ClientSecret = "a secret of the tests & nobody else's";

    private readonly ChildProcess process;

    private OpenIdProvider(ChildProcess process, Uri issuer) => (this.process, Issuer) = (process, issuer);

    /// <summary>Its address, as its tokens name it.</summary>
    public Uri Issuer { get; }

    /// <param name="redirect">Where it sends who has signed in.</param>
    public static Task<OpenIdProvider> StartAsync(Uri redirect) => StartAsync(redirect, new($"http://127.0.0.1:{LoopbackPort.Take()}"));

    /// <summary>At an address that is known before, so that the server can be told first.</summary>
    public static async Task<OpenIdProvider> StartAsync(Uri redirect, Uri issuer)
    {
        var address = issuer.ToString().TrimEnd('/');
        var started = ChildProcess.Start("node", [Repository.File("tests/TestServers/openid-provider.mjs"), address, ClientId, ClientSecret, redirect.ToString()]);
        await started.WaitForLineAsync("listening at", TimeSpan.FromMinutes(1));
        return new(started, issuer);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
