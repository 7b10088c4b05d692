using System.Text;

namespace SecureRecorder.Story.Tests;

/// <summary>Looks for what must be nowhere: signatures of media files, and words that only the screen and the notice had.</summary>
internal static class ClearText
{
    private static readonly (string Name, byte[] Bytes)[] Signatures =
    [
        ("MP4 ftyp", Encoding.ASCII.GetBytes("ftypiso")),
        ("MP4 moof", Encoding.ASCII.GetBytes("moof\0\0\0")),
        ("MP4 avcC", Encoding.ASCII.GetBytes("avcC\u0001")),
        ("JPEG", [0xFF, 0xD8, 0xFF, 0xE0]),
        ("JFIF", Encoding.ASCII.GetBytes("JFIF\0")),
        ("WebP", Encoding.ASCII.GetBytes("WEBPVP8")),
        ("PNG", [0x89, .. Encoding.ASCII.GetBytes("PNG\r\n")]),
    ];

    /// <summary>What was found in these bytes, if anything.</summary>
    public static IEnumerable<string> In(ReadOnlyMemory<byte> content, params string[] canaries) =>
        Signatures.Concat(canaries.Select(canary => (Name: canary, Bytes: Encoding.UTF8.GetBytes(canary))))
            .Where(sought => content.Span.IndexOf(sought.Bytes) >= 0)
            .Select(sought => sought.Name);

    /// <summary>What was found in the files of these folders: <c>path: what</c>.</summary>
    public static async Task<List<string>> InFilesAsync(IEnumerable<string> folders, params string[] canaries)
    {
        var found = new List<string>();
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)))
        {
            found.AddRange(In(await File.ReadAllBytesAsync(file), canaries).Select(what => $"{file}: {what}"));
        }

        return found;
    }
}
