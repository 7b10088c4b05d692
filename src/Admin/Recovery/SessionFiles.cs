using System.Buffers.Text;
using System.Security.Cryptography;

namespace SecureRecorder.Admin.Recovery;

/// <summary>The files of one session as they are written: each is named in the report with its digest.</summary>
internal sealed class SessionFiles(string folder)
{
    private readonly List<string> _names = [];

    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Writes a file; one that is empty afterwards, or of which nothing comes, is taken away again.</summary>
    public async Task WriteAsync(string name, Func<Stream, Task> write, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(name) is { Length: > 0 } inner) { PrivateFiles.CreateFolder(PathOf(inner)); }
        await using (var file = PrivateFiles.Create(PathOf(name)))
        {
            await write(file);
            await file.FlushAsync(cancellation);
            file.Flush(flushToDisk: true);
        }

        Add(name);
    }

    public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => WriteAsync(name, async file => await file.WriteAsync(content, cancellation), cancellation);

    /// <summary>Takes in a file that something else wrote.</summary>
    public void Add(string name) => _names.Add(name);

    /// <summary>Takes away what came to nothing.</summary>
    public void Discard(string name) => File.Delete(PathOf(name));

    public async Task<IReadOnlyList<FileReport>> DescribeAsync(CancellationToken cancellation)
    {
        var files = new List<FileReport>();
        foreach (var name in _names)
        {
            await using var file = File.OpenRead(PathOf(name));
            files.Add(new(name, file.Length, Base64Url.EncodeToString(await SHA256.HashDataAsync(file, cancellation))));
        }

        return files;
    }
}
