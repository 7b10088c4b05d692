using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Reads a track once, in order, some segments ahead: gives out those before the first altered one, and looks at the others only to say what they are.</summary>
/// <param name="read">Told the bytes of each sealed segment.</param>
internal sealed class ReadAhead(OpenTrack track, Action<long> read)
{
    /// <summary>Segments that are asked for at once: the way to a bucket is long, and it answers in parallel.</summary>
    private const int Depth = 4;

    private readonly List<string> _findings = [];

    /// <summary>What was not what its writer signed.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Segments before the first altered one.</summary>
    public long Sound { get; private set; }

    /// <summary>Segments that opened.</summary>
    public long Opened { get; private set; }

    /// <summary>Sealed bytes of those.</summary>
    public long Size { get; private set; }

    /// <summary>Whether it was read to its end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The plaintexts, which are the caller's to zero.</summary>
    /// <exception cref="Storage.Objects.ObjectStoreException">The store did not answer.</exception>
    public async IAsyncEnumerable<byte[]> SoundPartsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var (segments, asked, next) = (track.Segments, new Queue<Task<byte[]>>(), 0);
        try
        {
            foreach (var segment in segments)
            {
                for (; next < segments.Count && asked.Count < Depth; next++) { asked.Enqueue(track.ReadAsync(segments[next].Index, cancellation)); }

                var part = await TakeAsync(asked.Dequeue());
                read(segment.Size);
                if (part is null) { continue; }

                (Opened, Size) = (Opened + 1, Size + segment.Size);
                if (_findings.Count > 0) { CryptographicOperations.ZeroMemory(part); continue; }

                Sound++;
                yield return part;
            }

            IsOver = true;
        }
        finally
        {
            while (asked.TryDequeue(out var left)) { await ForgetAsync(left); }
        }
    }

    /// <summary>Reads the track to its end for what can be said of it alone.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await foreach (var part in SoundPartsAsync(cancellation)) { CryptographicOperations.ZeroMemory(part); }
    }

    private async Task<byte[]?> TakeAsync(Task<byte[]> asked)
    {
        try
        {
            return await asked;
        }
        catch (TrackAlteredException altered)
        {
            _findings.Add(altered.Message);
            return null;
        }
    }

    private static async Task ForgetAsync(Task<byte[]> asked)
    {
        try { CryptographicOperations.ZeroMemory(await asked); }
        catch (Exception ended) when (ended is IOException or OperationCanceledException) { } // what stopped the reading is said by whoever stopped it
    }
}
