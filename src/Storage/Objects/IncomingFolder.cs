using System.Buffers;
using System.Security.Cryptography;

namespace SecureRecorder.Storage.Objects;

/// <summary>Where a folder store collects a body until it is whole: what is cut off never gets an object's name.</summary>
/// <remarks>File names: 32 hexadecimal digits, then the object's name with <c>/</c> written as <c>~</c>, which no name holds.</remarks>
internal sealed class IncomingFolder(string root)
{
    private const int BlockSize = 128 << 10;
    private const int IdLength = 32;
    private readonly string _path = Path.Combine(root, ".incoming");

    /// <summary>Writes a body durably and returns the file; the caller publishes or deletes it.</summary>
    /// <param name="expectedLength">Bytes that must come, or <see langword="null"/>.</param>
    /// <exception cref="CutBodyException">The body ended too early, or its connection broke.</exception>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFault.TooLarge"/>.</exception>
    public async Task<string> CollectAsync(string name, Stream body, long? expectedLength, long limitInBytes, CancellationToken cancellation)
    {
        DurableFile.CreateFolder(_path);
        var path = Path.Combine(_path, RandomNumberGenerator.GetHexString(IdLength, lowercase: true) + "~" + name.Replace('/', '~'));
        try
        {
            await using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                Options = FileOptions.Asynchronous,
            });
            await CopyAsync(name, body, file, expectedLength, limitInBytes, cancellation);
            file.Flush(flushToDisk: true);
            return path;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>What was begun below this prefix and is not whole, oldest names first.</summary>
    public IEnumerable<UnfinishedUpload> List(string prefix)
    {
        if (!Directory.Exists(_path)) { return []; }

        return from file in new DirectoryInfo(_path).EnumerateFiles()
               where file.Name.Length > IdLength + 1 && file.Name[IdLength] == '~'
               let name = file.Name[(IdLength + 1)..].Replace('~', '/')
               where name.StartsWith(prefix, StringComparison.Ordinal)
               orderby name, file.Name
               select new UnfinishedUpload(name, file.Name[..IdLength], new DateTimeOffset(file.LastWriteTimeUtc));
    }

    public void Delete(UnfinishedUpload upload)
    {
        ObjectName.Require(upload.Name);
        if (upload.UploadId.Length != IdLength || upload.UploadId.AsSpan().ContainsAnyExcept(HexDigits))
        {
            throw new ArgumentException($"'{upload.UploadId}' is not an upload of this store.", nameof(upload));
        }

        File.Delete(Path.Combine(_path, upload.UploadId + "~" + upload.Name.Replace('/', '~')));
    }

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private static async Task CopyAsync(string name, Stream body, FileStream file, long? expectedLength, long limitInBytes, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long total = 0;
            while (await ReadAsync(name, body, buffer, total, cancellation) is var read and > 0)
            {
                total += read;
                if (total > limitInBytes) { throw TooLarge(name, limitInBytes); }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }

            if (expectedLength is { } expected && total != expected)
            {
                throw new CutBodyException($"The body of '{name}' ended after {total} of {expected} bytes.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadAsync(string name, Stream body, byte[] buffer, long total, CancellationToken cancellation)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellation);
        }
        catch (IOException broken)
        {
            throw new CutBodyException($"The body of '{name}' broke off after {total} bytes: {broken.Message}", broken);
        }
    }

    internal static ObjectStoreException TooLarge(string name, long limitInBytes) =>
        new($"'{name}' is larger than the {limitInBytes} bytes that are accepted.", ObjectStoreFault.TooLarge);
}

/// <summary>A body that did not come whole. Nothing of it is kept.</summary>
internal sealed class CutBodyException : IOException
{
    public CutBodyException() { }
    public CutBodyException(string message) : base(message) { }
    public CutBodyException(string message, Exception inner) : base(message, inner) { }
}
