using System.Security.Cryptography;

namespace SecureRecorder.Benchmarks.Sealing;

/// <summary>One file encrypted and decrypted by us, by age and by rclone crypt, by turns. Files lie in memory where the machine has such a folder.</summary>
internal static class PeerComparison
{
    private const int Rounds = 5;
    private const int FileSize = 256 << 20;
    private const string MemoryFolder = "/dev/shm";

    public static async Task<bool> RunAsync()
    {
        var folder = Directory.Exists(MemoryFolder)
            ? Directory.CreateDirectory(Path.Combine(MemoryFolder, $"sealing-{Guid.NewGuid():N}"))
            : Directory.CreateTempSubdirectory("sealing-");
        try
        {
            return await CompareAsync(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> CompareAsync(string folder)
    {
        var plain = Path.Combine(folder, "plain");
        await WriteRandomFileAsync(plain);
        using var ours = new OurFile(folder, plain);
        Contender[] contenders =
        [
            new("ours", ours.SealSegmentsAsync, ours.OpenSegmentsAsync),
            await AgeAsync(folder, plain),
            await RcloneAsync(folder, plain),
            new("ours, one", ours.SealStreamAsync, ours.OpenStreamAsync),
        ];

        foreach (var contender in contenders) { await contender.MeasureAsync(keep: false); } // what is decrypted must be there, and ours compiled
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var contender in contenders) { await contender.MeasureAsync(keep: true); }
        }

        Console.WriteLine();
        Console.WriteLine($"A file of {FileSize >> 20} MiB, medians of {Rounds} rounds, elapsed and (core) by processor time; ours as segments of {OurFile.SegmentSize >> 20} MiB, and as one segment through streams");
        Console.WriteLine($"{"",-10}{"encrypt",14}{"core",14}{"ours ×",9}{"decrypt",14}{"core",14}{"ours ×",9}");
        foreach (var contender in contenders)
        {
            Console.WriteLine(
                $"{contender.Name,-10}{contender.Encrypt.Rate} {contender.Encrypt.Ahead(contenders[0].Encrypt),8:F1}{contender.Decrypt.Rate} {contender.Decrypt.Ahead(contenders[0].Decrypt),8:F1}");
        }

        return contenders[1..3].All(peer => peer.Encrypt.Ahead(contenders[0].Encrypt) > 1 && peer.Decrypt.Ahead(contenders[0].Decrypt) > 1);
    }

    private static async Task WriteRandomFileAsync(string path)
    {
        await using var file = File.Create(path);
        for (var written = 0; written < FileSize; written += 1 << 20) { await file.WriteAsync(RandomNumberGenerator.GetBytes(1 << 20)); }
    }

    private static async Task<Contender> AgeAsync(string folder, string plain)
    {
        var (identity, sealedFile) = (Path.Combine(folder, "age.key"), Path.Combine(folder, "age.sealed"));
        await TimedProgram.ReadAsync("age-keygen", "-o", identity);
        var recipient = (await TimedProgram.ReadAsync("age-keygen", "-y", identity)).Trim();
        await TimedProgram.ReadAsync("age", "-r", recipient, "-o", sealedFile, plain);
        var nothing = new Dictionary<string, string>();
        return new("age", () => TimedProgram.RunAsync(nothing, "age", "-r", recipient, plain), () => TimedProgram.RunAsync(nothing, "age", "-d", "-i", identity, sealedFile));
    }

    private static async Task<Contender> RcloneAsync(string folder, string plain)
    {
        var vault = Directory.CreateDirectory(Path.Combine(folder, "rclone")).FullName;
        var environment = new Dictionary<string, string>
        {
            ["RCLONE_CONFIG"] = Path.Combine(folder, "rclone.conf"),
            ["RCLONE_CONFIG_VAULT_TYPE"] = "crypt",
            ["RCLONE_CONFIG_VAULT_REMOTE"] = vault,
            ["RCLONE_CONFIG_VAULT_PASSWORD"] = (await TimedProgram.ReadAsync("rclone", "obscure", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)))).Trim(),
        };
        await File.WriteAllTextAsync(environment["RCLONE_CONFIG"], "");
        return new(
            "rclone",
            () => TimedProgram.RunAsync(environment, "rclone", "copyto", "--ignore-times", plain, "vault:file"), // it has no sink to encrypt into
            () => TimedProgram.RunAsync(environment, "rclone", "cat", "vault:file"));
    }

    private sealed record Contender(string Name, Func<Task<Times>> EncryptAsync, Func<Task<Times>> DecryptAsync)
    {
        public Speed Encrypt { get; } = new();
        public Speed Decrypt { get; } = new();

        public async Task MeasureAsync(bool keep)
        {
            var (encrypted, decrypted) = (await EncryptAsync(), await DecryptAsync());
            if (!keep) { return; }
            Encrypt.Add(encrypted);
            Decrypt.Add(decrypted);
        }
    }

    private sealed class Speed
    {
        private readonly Samples _elapsed = new();
        private readonly Samples _processor = new();

        public string Rate => $"{_elapsed.Median,9:F0} MB/s{_processor.Median,9:F0} MB/s";

        public void Add(Times times)
        {
            _elapsed.Add(FileSize / 1e6 / times.Elapsed.TotalSeconds);
            _processor.Add(FileSize / 1e6 / times.Processor.TotalSeconds);
        }

        /// <summary>How many times as fast the other is, by the less favourable of both clocks.</summary>
        public double Ahead(Speed other) => Math.Min(other._elapsed.Median / _elapsed.Median, other._processor.Median / _processor.Median);
    }
}
