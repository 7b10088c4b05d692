using System.Security.Cryptography;

namespace SecureRecorder.Storage.Keys.Stores;

/// <summary>Keys in files of a folder (<c>NAME.pem</c>). To destroy one is to write over it and to delete it, which a snapshot, a backup or a worn flash cell may outlive: a vault does better.</summary>
public sealed class LocalKeyStore(string folder, string? passphrase = null) : IKeyStore
{
    private const int LargestFileInBytes = 1 << 16;

    public string Id => folder;

    public string PlaceOf(string name) => Path.Combine(folder, name + ".pem");

    /// <inheritdoc/>
    public Task<IKeyWrapper> CreateAsync(string name, CancellationToken cancellation)
    {
        var path = PathOf(name);
        try
        {
            if (!File.Exists(path)) { LocalKeyFile.Create(path, passphrase, KeyName.SizeInBits); }
        }
        catch (IOException) when (File.Exists(path))
        {
            // somebody else was faster
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new KeyServiceException(path, refused.Message, refused) { IsTransient = false };
        }

        return Task.FromResult<IKeyWrapper>(Open(path));
    }

    /// <inheritdoc/>
    public Task<IKeyWrapper?> FindAsync(string name, CancellationToken cancellation) => Task.FromResult<IKeyWrapper?>(File.Exists(PathOf(name)) ? Open(PathOf(name)) : null);

    /// <inheritdoc/>
    public Task<KeyDestruction> DestroyAsync(string name, CancellationToken cancellation)
    {
        var path = PathOf(name);
        if (!File.Exists(path)) { return Task.FromResult(new KeyDestruction(Existed: false, RecoverableUntil: null)); }

        try
        {
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None))
            {
                if (file.Length > LargestFileInBytes) { throw new KeyRefusedException($"'{path}' has {file.Length} bytes: it is no key, and is left alone."); }
                file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
                file.Flush(flushToDisk: true);
            }

            File.Delete(path);
            return Task.FromResult(new KeyDestruction(Existed: true, RecoverableUntil: null));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new KeyServiceException(path, refused.Message, refused) { IsTransient = false };
        }
    }

    public void Dispose()
    {
        // Nothing is held open.
    }

    private LocalKeyFile Open(string path)
    {
        try
        {
            return LocalKeyFile.Open(path, passphrase);
        }
        catch (Exception refused) when (refused is CryptographicException or UnauthorizedAccessException)
        {
            throw new KeyRefusedException(refused.Message, refused);
        }
    }

    private string PathOf(string name) => Path.Combine(folder, KeyName.Checked(name) + ".pem");
}
