using System.Globalization;

namespace SecureRecorder.Benchmarks.Sealing;

/// <summary>The yardstick: AES-256-GCM over 16 KiB blocks in OpenSSL's own loop.</summary>
internal static class OpenSslSpeed
{
    /// <summary>Bytes a second of user time, which is what <c>openssl speed</c> counts.</summary>
    public static async Task<double> MeasureAsync()
    {
        var output = await TimedProgram.ReadAsync("openssl", "speed", "-mr", "-evp", "aes-256-gcm", "-bytes", "16384", "-seconds", "1");
        var result = output.Split('\n').Single(line => line.StartsWith("+F:", StringComparison.Ordinal));
        return double.Parse(result.Split(':')[^1], CultureInfo.InvariantCulture);
    }
}
