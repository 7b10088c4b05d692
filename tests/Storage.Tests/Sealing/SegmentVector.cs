using System.Text.Json;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

/// <summary>One file of <c>Vectors/</c>: a sealed segment made by another implementation, and whether it opens. Bytes are hexadecimal.</summary>
/// <param name="Salt">24 bytes that the segment was sealed with.</param>
/// <param name="SealedHex">The sealed segment; absent where its digest says enough.</param>
public sealed record SegmentVector(
    string Name, string Why, Guid Session, string Track, long Index, string ConsentDigest, string DataKey, string Salt,
    int PlaintextLength, string PlaintextSha256, int SealedLength, string SealedSha256, string Expect, string? SealedHex)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Sealing", "Vectors");

    public static IEnumerable<SegmentVector> All { get; } = [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];

    public static TheoryData<string> Opening => [.. All.Where(vector => vector.Opens).Select(vector => vector.Name)];

    public static TheoryData<string> Refused => [.. All.Where(vector => !vector.Opens).Select(vector => vector.Name)];

    public static SegmentVector Named(string name) => All.Single(vector => vector.Name == name);

    public bool Opens => Expect == "opens";

    public byte[] Plaintext => Pattern(PlaintextLength);

    internal SegmentContext Context => new(Session, new(Track), Index, Convert.FromHexString(ConsentDigest));

    internal DataKey Key => Storage.Sealing.DataKey.From(Convert.FromHexString(DataKey));

    /// <summary>The sealed segment as the other implementation made it; where only its digest is known, as ours does.</summary>
    internal byte[] Sealed => SealedHex is null ? Seal() : Convert.FromHexString(SealedHex);

    internal byte[] Seal()
    {
        using var key = Key;
        var destination = new byte[ChunkLayout.SealedLength(PlaintextLength)];
        Assert.Equal(destination.Length, SegmentSealer.Seal(key, Context, Plaintext, destination, Convert.FromHexString(Salt)));
        return destination;
    }

    /// <summary>The vectors' plaintext: byte i = (7·i + 13·⌊i/256⌋) mod 256.</summary>
    public static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(7 * i + 13 * (i / 256)))];

    private static SegmentVector Read(string path) => JsonSerializer.Deserialize<SegmentVector>(File.ReadAllBytes(path), Names)!;
}
