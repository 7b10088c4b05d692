using System.Buffers.Text;
using System.Security.Cryptography;

namespace SecureRecorder.Admin.Recovery;

/// <summary>The files of one session as they are written: each is named in the report with its digest.</summary>
internal sealed class SessionFiles(string folder)
{
    private readonly List<string> _names = [];

    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Writes a file; one that fails is taken away again.</summary>
    public async Task WriteAsync(string name, Func<Stream, Task> write, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(name) is { Length: > 0 } inner) { PrivateFiles.CreateFolder(PathOf(inner)); }
        try
        {
            await using var file = PrivateFiles.Create(PathOf(name));
            await write(file);
            await file.FlushAsync(cancellation);
        }
        catch
        {
            Discard(name);
            throw;
        }

        Add(name);
    }

    public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => WriteAsync(name, async file => await file.WriteAsync(content, cancellation), cancellation);

    /// <summary>Takes in a file that something else wrote: from here on it is on the disk.</summary>
    public void Add(string name)
    {
        using (var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.ReadWrite)) { file.Flush(flushToDisk: true); }
        _names.Add(name);
    }

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
