using System.Text;
using System.Text.Json;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Exports;

/// <summary>The chat of a recording as JSON for programs and as text for people.</summary>
internal static class ExportedChat
{
    public static async Task WriteJsonAsync(OpenTrack chat, Stream into, CancellationToken cancellation)
    {
        await into.WriteAsync("[\n"u8.ToArray(), cancellation);
        var first = true;
        await foreach (var line in LinesAsync(chat, _ => { }, cancellation))
        {
            if (!first) { await into.WriteAsync(",\n"u8.ToArray(), cancellation); }
            first = false;
            await into.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, ChatJson.Default.ChatLine), cancellation);
        }

        await into.WriteAsync("\n]\n"u8.ToArray(), cancellation);
    }

    /// <param name="read">Told the bytes of each sealed segment.</param>
    public static async Task WriteTextAsync(OpenTrack chat, Stream into, Action<long> read, CancellationToken cancellation)
    {
        await foreach (var line in LinesAsync(chat, read, cancellation))
        {
            var text = Printable.Lines(line.Text).Replace("\n", "\n    ", StringComparison.Ordinal);
            await into.WriteAsync(Encoding.UTF8.GetBytes($"[{ExportText.Clock(line.At)}] {Author(line)}: {text}\n"), cancellation);
        }
    }

    private static async IAsyncEnumerable<ChatLine> LinesAsync(OpenTrack chat, Action<long> read, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var segment in chat.Segments)
        {
            foreach (var line in ChatLine.Read(await chat.ReadAsync(segment.Index, cancellation))) { yield return line; }
            read(segment.Size);
        }
    }

    private static string Author(ChatLine line) => line switch
    {
        { From: ChatSide.Technician } => "Technician",
        { Participant: null or "p1" } => "Recorded person",
        { Participant: "g1" } => "Guardian",
        { Participant: ['g', ..] guardian } => $"Guardian {Printable.Line(guardian[1..])}",
        { Participant: var other } => $"Recorded person {Printable.Line(other[1..])}",
    };
}
