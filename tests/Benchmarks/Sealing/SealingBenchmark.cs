using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Benchmarks.Sealing;

/// <summary>How fast segments are sealed and opened on one core, as ratios to OpenSSL, age and rclone in the same run.</summary>
internal static class SealingBenchmark
{
    private const int Rounds = 25;

    /// <summary>Segments sealed and opened in a round: some hundred milliseconds of each.</summary>
    private const long BytesARound = 256L << 20;

    /// <summary>Sizes of a segment, and the ratio to OpenSSL that sealing and opening must reach.</summary>
    private static readonly (string Name, int Size, double Target)[] Sizes = [("250 KiB", 250 << 10, 0.80), ("1 MiB", 1 << 20, 0.86)];

    public static async Task<bool> RunAsync()
    {
        var rows = Sizes.Select(size => new Row(size.Name, size.Size, size.Target)).ToList();
        foreach (var row in rows) { row.Measure(BytesARound); } // so that everything is compiled

        var openssl = new Samples();
        for (var round = 0; round < Rounds; round++)
        {
            var yardstick = await OpenSslSpeed.MeasureAsync();
            openssl.Add(yardstick);
            foreach (var row in rows)
            {
                var (alone, seal, open) = row.Measure(BytesARound);
                row.Alone.Add(alone / yardstick);
                row.Seal.Add(seal / yardstick);
                row.Open.Add(open / yardstick);
            }
        }

        Console.WriteLine($"Whole segments on one core, ratio to openssl speed -evp aes-256-gcm -bytes 16384 (median {openssl.Median / 1e9:F2} GB/s), medians of {Rounds} rounds (middle half)");
        Console.WriteLine($"{"segment",-10}{"AesGcm alone",18}{"seal",18}{"open",18}{"target",8}  allocated");
        foreach (var row in rows)
        {
            Console.WriteLine($"{row.Name,-10}{row.Alone,18}{row.Seal,18}{row.Open,18}{row.Target,8:F2}  {row.AllocatedBytes} bytes a segment sealed and opened{(row.IsMet ? "" : "  MISSED")}");
        }

        return await PeerComparison.RunAsync() & rows.TrueForAll(row => row.IsMet);
    }

    private sealed class Row(string name, int size, double target)
    {
        private static readonly byte[] Consent = RandomNumberGenerator.GetBytes(SegmentContext.ConsentDigestLength);
        private readonly DataKey _key = DataKey.Create();
        private readonly byte[] _plaintext = RandomNumberGenerator.GetBytes(size);
        private readonly byte[] _sealed = new byte[ChunkLayout.SealedLength(size)];
        private readonly Guid _session = Guid.NewGuid();

        public string Name => name;
        public double Target => target;

        /// <summary>The framework's cipher in a bare loop, one key for everything: what this machine leaves to be reached.</summary>
        public Samples Alone { get; } = new();

        public Samples Seal { get; } = new();
        public Samples Open { get; } = new();
        public bool IsMet => Seal.Median >= target && Open.Median >= target;

        /// <summary>Of one segment, sealed and opened.</summary>
        public long AllocatedBytes { get; private set; }

        /// <summary>Bytes of plaintext a second of user time, the clock of the yardstick.</summary>
        public (double Alone, double Seal, double Open) Measure(long bytes)
        {
            var segments = (int)(bytes / size);
            using var alone = new AesGcm(RandomNumberGenerator.GetBytes(32), ChunkLayout.TagLength);
            var start = Environment.CpuUsage.UserTime;
            for (var index = 0; index < segments; index++) { EncryptWith(alone); }

            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var before = Environment.CpuUsage.UserTime;
            for (var index = 0; index < segments; index++) { SegmentSealer.Seal(_key, new(_session, TrackName.Video, index, Consent), _plaintext, _sealed); }

            var between = Environment.CpuUsage.UserTime;
            var last = new SegmentContext(_session, TrackName.Video, segments - 1, Consent);
            for (var index = 0; index < segments; index++) { SegmentOpener.Open(_key, last, _sealed, _plaintext); }

            var after = Environment.CpuUsage.UserTime;
            AllocatedBytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / segments;
            var all = (double)segments * size;
            return (all / (before - start).TotalSeconds, all / (between - before).TotalSeconds, all / (after - between).TotalSeconds);
        }

        private void EncryptWith(AesGcm alone)
        {
            ReadOnlySpan<byte> plaintext = _plaintext;
            Span<byte> destination = _sealed;
            Span<byte> nonce = stackalloc byte[12];
            for (; plaintext.Length > 0; plaintext = plaintext[Math.Min(plaintext.Length, ChunkLayout.ChunkLength)..])
            {
                var length = Math.Min(plaintext.Length, ChunkLayout.ChunkLength);
                alone.Encrypt(nonce, plaintext[..length], destination[..length], destination.Slice(length, ChunkLayout.TagLength));
                destination = destination[(length + ChunkLayout.TagLength)..];
            }
        }
    }
}
