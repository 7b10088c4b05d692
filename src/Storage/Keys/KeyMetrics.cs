using System.Diagnostics.Metrics;

namespace SecureRecorder.Storage.Keys;

/// <summary>What can be counted of keys: how many data keys lie open in this process, and what became of calls to vaults. Never a key, a session or a name.</summary>
public static class KeyMetrics
{
    public const string MeterName = "SecureRecorder.Keys";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("secure_recorder.key_service.calls", description: "Calls to key vaults, by outcome: answered, refused (another key's, or gone), failed (unreachable, throttled, denied).");
    private static int _open;

    static KeyMetrics() => Meter.CreateObservableUpDownCounter("secure_recorder.data_keys.open", () => _open, description: "Data keys that lie unwrapped in this process's memory.");

    /// <summary>Data keys that lie open in this process.</summary>
    public static int OpenDataKeys => Volatile.Read(ref _open);

    internal static void Opened() => Interlocked.Increment(ref _open);

    internal static void Zeroed() => Interlocked.Decrement(ref _open);

    internal static void Called(string outcome) => Calls.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
