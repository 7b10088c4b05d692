using System.Text;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Audit;

/// <summary>Reads all checkpoints and checks that they are one row of them, each following the one before.</summary>
public static class AuditCheckpoints
{
    /// <summary>From the bucket.</summary>
    /// <param name="signers">Thumbprints of the server's keys.</param>
    /// <exception cref="TrackAlteredException">One is missing, is not the server's, or does not follow the one before.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public static async Task<IReadOnlyList<AuditCheckpoint>> ReadAsync(IObjectStore store, IReadOnlyCollection<string> signers, CancellationToken cancellation)
    {
        var read = new List<(long, string)>();
        await foreach (var found in store.ListAsync(AuditCheckpoint.Prefix, startAfter: null, cancellation))
        {
            if (found.Name.LastIndexOf('/') == AuditCheckpoint.Prefix.Length - 1 && AuditCheckpoint.TryParse(found.Name, out var number))
            {
                var content = await store.GetAsync(found.Name, AuditCheckpoint.SizeLimit, cancellation) ?? throw new TrackAlteredException($"Checkpoint {number} was removed while it was read.");
                read.Add((number, Encoding.ASCII.GetString(content)));
            }
        }

        return Check(read, signers);
    }

    /// <summary>From a folder with the objects: the bucket's <c>audit/</c>, or a folder that has it.</summary>
    /// <inheritdoc cref="ReadAsync(IObjectStore, IReadOnlyCollection{string}, CancellationToken)" path="/exception"/>
    /// <exception cref="IOException">The folder or a file in it cannot be read.</exception>
    public static async Task<IReadOnlyList<AuditCheckpoint>> ReadFolderAsync(string folder, IReadOnlyCollection<string> signers, CancellationToken cancellation)
    {
        var inner = Path.Combine(folder, AuditCheckpoint.Prefix);
        var read = new List<(long, string)>();
        foreach (var file in Directory.EnumerateFiles(Directory.Exists(inner) ? inner : folder))
        {
            if (!AuditCheckpoint.TryParse(Path.GetFileName(file), out var number)) { continue; }
            if (new FileInfo(file).Length > AuditCheckpoint.SizeLimit) { throw new TrackAlteredException($"Checkpoint {number} has more than {AuditCheckpoint.SizeLimit} bytes."); }
            read.Add((number, await File.ReadAllTextAsync(file, Encoding.ASCII, cancellation)));
        }

        return Check(read, signers);
    }

    private static List<AuditCheckpoint> Check(List<(long Number, string Content)> read, IReadOnlyCollection<string> signers)
    {
        var checkpoints = new List<AuditCheckpoint>();
        var before = "";
        foreach (var (number, content) in read.OrderBy(checkpoint => checkpoint.Number))
        {
            if (number != checkpoints.Count) { throw new TrackAlteredException($"Checkpoint {checkpoints.Count} is missing: {number} follows."); }

            var checkpoint = AuditCheckpoint.Verify(content, number, signers);
            RequireFollows(checkpoint, checkpoints is [.., var last] ? last : null, before);
            checkpoints.Add(checkpoint);
            before = AuditCheckpoint.DigestOf(content);
        }

        return checkpoints;
    }

    /// <exception cref="TrackAlteredException">It does not follow that one.</exception>
    private static void RequireFollows(AuditCheckpoint checkpoint, AuditCheckpoint? last, string before)
    {
        if (checkpoint.Before != before || checkpoint.First != (last?.Last ?? 0) + 1) { throw new TrackAlteredException($"Checkpoint {checkpoint.Number} does not follow the one before it."); }
    }
}
