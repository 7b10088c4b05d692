using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Storage.Tests.Keys.Conformance;

/// <summary>A key encryption key of a provider, and where it lies.</summary>
public sealed class KekScene : IAsyncDisposable
{
    /// <summary>How long keys in vaults wait for an answer: a machine may be busy.</summary>
    internal static readonly TimeSpan Patient = TimeSpan.FromSeconds(60);

    private readonly IKeyWrapper kek;
    private readonly FakeKeyService? server;
    private readonly string name;
    private readonly Func<ValueTask> dispose;

    internal KekScene(IKeyWrapper kek, FakeKeyService? server, string name, Func<ValueTask> dispose)
    {
        (this.kek, this.server, this.name, this.dispose) = (kek, server, name, dispose);
        if (kek is ServiceKey service) { service.Timeout = Patient; }
    }

    internal IKeyWrapper Kek => kek;

    internal ServiceKey Service => (ServiceKey)kek;

    internal FakeKeyService Server => server!;

    /// <summary>The key's name at its server.</summary>
    internal string Name => name;

    internal int Requests => server?.Requests.Count ?? 0;

    public ValueTask DisposeAsync() => dispose();
}
