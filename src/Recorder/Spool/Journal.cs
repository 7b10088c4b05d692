using System.Text.Json;

namespace SecureRecorder.Recorder.Spool;

/// <summary>A session's journal: JSON lines, appended, never rewritten. A line that a crash cut is skipped when it is read.</summary>
internal sealed class Journal : IDisposable
{
    public const string FileName = "journal.jsonl";

    private readonly FileStream _file;
    private bool _torn = true; // the last line may lack its end

    private Journal(FileStream file) => _file = file;

    /// <summary>Opens or creates the journal and locks it: two recorders never write one session.</summary>
    /// <exception cref="IOException">Another process holds it, or the disk refuses.</exception>
    public static Journal Open(string folder) => new(OwnerOnlyFiles.Open(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite));

    public IEnumerable<JournalRecord> Read()
    {
        _file.Position = 0;
        using var reader = new StreamReader(_file, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { } record) { yield return record; }
        }
    }

    /// <summary>Appends a line; it survives the end of this process as soon as this returns.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(JournalRecord record)
    {
        _file.Seek(0, SeekOrigin.End);
        var line = JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord);
        byte[] whole = _torn ? [(byte)'\n', .. line, (byte)'\n'] : [.. line, (byte)'\n'];
        _torn = true;
        _file.Write(whole);
        _file.Flush();
        _torn = false;
    }

    public void Dispose() => _file.Dispose();

    private static JournalRecord? Parse(string line)
    {
        try { return line.Length == 0 ? null : JsonSerializer.Deserialize(line, JournalJson.Default.JournalRecord); }
        catch (JsonException) { return null; } // cut by a crash: what follows it does not connect and is refused there
    }
}
