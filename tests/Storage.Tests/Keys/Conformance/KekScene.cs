using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Storage.Tests.Keys.Conformance;

/// <summary>A key encryption key of a provider, and where it lies.</summary>
public sealed class KekScene(IKeyWrapper kek, FakeKeyService? server, string name, Func<ValueTask> dispose) : IAsyncDisposable
{
    internal IKeyWrapper Kek => kek;

    internal ServiceKey Service => (ServiceKey)kek;

    internal FakeKeyService Server => server!;

    /// <summary>The key's name at its server.</summary>
    internal string Name => name;

    internal int Requests => server?.Requests.Count ?? 0;

    public ValueTask DisposeAsync() => dispose();
}
